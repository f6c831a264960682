//! Files that Corlett's encoder made, with digests told by another program.

use crate::lay::open;
use discconv_core::CheckAlgorithm;
use sha2::{Digest, Sha256};

#[test]
fn as_corletts_decoder_unpacks_them() {
    let Some(root) = discconv_testkit::corpus::folder() else { return };
    let told: serde_json::Value = serde_json::from_slice(&std::fs::read(root.join("expected.json")).unwrap()).unwrap();
    for name in ["ecm/ecm-sample.ecm", "ecm/isofs-m1.bin.ecm"] {
        let opened = open(&std::fs::read(root.join(name)).unwrap()).unwrap();
        assert!(opened.notes.is_empty(), "{name}: {:?}", opened.notes);
        let unpacked = opened.all();
        let told = &told["files"][name]["pyecm_decode"];
        assert_eq!(told["size"].as_u64(), Some(unpacked.len() as u64), "{name}");
        let digest: String = Sha256::digest(&unpacked).iter().map(|byte| format!("{byte:02x}")).collect();
        assert_eq!(told["sha256"], digest, "{name}");
        let [check] = &opened.checks[..] else { panic!("{name}: one checksum") };
        assert_eq!(check.algorithm, CheckAlgorithm::Edc);
        assert_eq!(check.value, discconv_sector::edc(&unpacked).to_be_bytes(), "{name}");
    }
}
