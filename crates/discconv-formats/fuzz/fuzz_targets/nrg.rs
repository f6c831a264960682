#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| discconv_fuzz::nrg(data));
