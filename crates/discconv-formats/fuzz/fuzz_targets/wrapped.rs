#![no_main]

libfuzzer_sys::fuzz_target!(init: discconv_fuzz::lay_seeds("wrapped"), |data: &[u8]| discconv_fuzz::bodies::wrapped(data));
