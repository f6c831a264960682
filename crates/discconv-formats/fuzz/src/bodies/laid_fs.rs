//! Seeds of file systems, laid by hand.

use super::seeds::Seed;
use super::volumes::SYSTEM_AREA;
use discconv_testkit::iso9660::Volume;

const SECTOR: usize = 2048;

/// Plain volumes with XA and without; one whose root has fields of Rock Ridge, with a Joliet tree and a boot catalogue.
pub(super) fn iso() -> Vec<Seed> {
    let files = vec![("A.TXT", vec![b'a'; 3000]), ("SUB/B.STR", vec![b'b'; 10])];
    let plain = |xa| Volume { label: "SEED", files: files.clone(), xa, ..Volume::default() }.build().user;
    let seeds = [("plain", plain(false)), ("xa", plain(true)), ("rock", rock(&plain(false)))];
    seeds.into_iter().map(|(name, user)| (name.to_owned(), user[SYSTEM_AREA * SECTOR..].to_vec())).collect()
}

fn both(number: u32) -> Vec<u8> {
    [number.to_le_bytes(), number.to_be_bytes()].concat()
}

fn field(signature: &[u8; 2], data: &[u8]) -> Vec<u8> {
    [&signature[..], &[u8::try_from(data.len() + 4).unwrap_or(0), 1], data].concat()
}

fn record(name: &[u8], block: u32, flags: u8, fields: &[Vec<u8>]) -> Vec<u8> {
    let mut out = [&[0, 0][..], &both(block), &both(2048), &[100, 1, 1, 0, 0, 0, 0, flags, 0, 0, 1, 0, 0, 1]].concat();
    out.push(u8::try_from(name.len()).unwrap_or(0));
    out.extend(name);
    out.resize(out.len().next_multiple_of(2), 0);
    out.extend(fields.concat());
    out[0] = u8::try_from(out.len()).unwrap_or(0);
    out
}

/// In place of the terminator a Joliet descriptor; behind the last sector the boot record, the catalogue, areas of fields.
fn rock(plain: &[u8]) -> Vec<u8> {
    let mut user = plain.to_vec();
    let last = u32::try_from(plain.len() / SECTOR).unwrap_or(0);
    user.resize(user.len() + 4 * SECTOR, 0);
    let mut put = |sector: u32, bytes: &[u8]| {
        let at = sector as usize * SECTOR;
        user[at..at + bytes.len()].copy_from_slice(bytes);
    };
    let mut joliet = plain[16 * SECTOR..17 * SECTOR].to_vec();
    joliet[0] = 2;
    joliet[88..91].copy_from_slice(b"%/E");
    joliet[158..162].copy_from_slice(&(last + 2).to_le_bytes());
    put(17, &joliet);
    let boot = [b"\0CD001\x01EL TORITO SPECIFICATION".as_slice(), &[0; 41], &(last + 1).to_le_bytes()].concat();
    put(18, &boot);
    let validation = [&[1, 0, 0, 0][..], &[0; 24], &[0xAA, 0x55, 0x55, 0xAA]].concat();
    let entry = |first, last: u32| [&[first, 2, 0, 0, 0, 0, 1, 0][..], &last.to_le_bytes(), &[0; 20]].concat();
    put(last + 1, &[validation, entry(0x88, 20), [&[0x91, 0xEF, 1, 0][..], &[0; 28]].concat(), entry(0x88, 21)].concat());
    let own = |block| [record(&[0], block, 2, &[]), record(&[1], block, 2, &[])].concat();
    put(last + 2, &[own(last + 2), record(b"\0a\0.\0b\0;\x001", 22, 0, &[])].concat());
    let more = field(b"NM", b"\0ridge");
    let mode = |mode| field(b"PX", &[both(mode), both(1), both(0), both(0)].concat());
    let zf = field(b"ZF", &[&b"pz"[..], &[4, 15], &both(9)].concat());
    let root = [
        record(&[0], 20, 2, &[field(b"SP", &[0xBE, 0xEF, 0]), field(b"ER", b"\x0A\0\0\x01RRIP_1991A")]),
        record(&[1], 20, 2, &[]),
        record(b"CE", 22, 0, &[field(b"CE", &[both(last + 3), both(0), both(10)].concat()), mode(0o100_644)]),
        record(b"CL", 0, 0, &[field(b"NM", b"\0deep"), field(b"CL", &both(21))]),
        record(b"DEV", 0, 0, &[mode(0o060_644), field(b"PN", &[both(1), both(2)].concat())]),
        record(b"LINK", 0, 0, &[mode(0o120_777), field(b"SL", b"\0\x08\0\0\x03usr\x04\0\0\x01x")]),
        record(b"MANY", 22, 0x80, &[field(b"TF", b"\x02\x65\x01\x01\0\0\0\0")]),
        record(b"MANY", 23, 0, &[]),
        record(b"ZF", 22, 0, &[zf]),
    ];
    put(20, &root.concat());
    put(last + 3, &more);
    user
}
