//! Files that nobody here made, with digests told by another program.

use crate::lay::{claimed, open};
use sha2::{Digest, Sha256};

/// Each is claimed by the right reader and unpacks to the image beside it.
#[test]
fn as_maxcso_unpacks_them() {
    let Some(root) = discconv_testkit::corpus::folder() else { return };
    let told: serde_json::Value = serde_json::from_slice(&std::fs::read(root.join("expected.json")).unwrap()).unwrap();
    for (name, id, image) in [
        ("UMD.cso", "cso", "UMD.iso"),
        ("UMD.zso", "zso", "UMD.iso"),
        ("dd_v1.cso", "cso", "dd.iso"),
        ("dd_v2.cso", "cso2", "dd.iso"),
        ("dd.zso", "zso", "dd.iso"),
        ("dd.dax", "dax", "dd.iso"),
        ("oxyromon.cso", "cso", "oxyromon.iso"),
    ] {
        let bytes = std::fs::read(root.join("cso").join(name)).unwrap();
        assert_eq!(claimed(&bytes).map(|format| format.info().id), Some(id), "{name}");
        let opened = open(&bytes).unwrap();
        assert!(opened.notes.is_empty(), "{name}: {:?}", opened.notes);
        let unpacked = opened.all().unwrap();
        let told = &told["files"][format!("cso/{name}")]["maxcso_decompress"];
        assert_eq!(told["size"].as_u64(), Some(unpacked.len() as u64), "{name}");
        let digest: String = Sha256::digest(&unpacked).iter().map(|byte| format!("{byte:02x}")).collect();
        assert_eq!(told["sha256"], digest, "{name}");
        assert!(unpacked == std::fs::read(root.join("cso").join(image)).unwrap(), "{name}");
    }
}
