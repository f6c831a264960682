#![no_main]

libfuzzer_sys::fuzz_target!(init: discconv_fuzz::lay_seeds("fs_iso"), |data: &[u8]| discconv_fuzz::bodies::fs_iso(data));
