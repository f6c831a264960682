#![no_main]

libfuzzer_sys::fuzz_target!(init: discconv_fuzz::lay_seeds("identify"), |data: &[u8]| discconv_fuzz::bodies::identify(data));
