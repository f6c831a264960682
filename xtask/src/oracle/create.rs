//! Discs that `create` makes: other programs read them, check them, and start computers with them.

use super::Case;
use super::room::Room;
use discconv_testkit::Rng;
use std::path::Path;

#[rustfmt::skip]
pub(super) const CASES: &[Case] = &[
    Case { name: "create-xorriso", needs: &["xorriso"], run: xorriso },
    Case { name: "create-isoinfo", needs: &["isoinfo"], run: isoinfo },
    Case { name: "create-7z", needs: &["7z"], run: seven_zip },
    Case { name: "create-udf", needs: &["7z", "udfinfo"], run: udf },
    Case { name: "create-deep", needs: &["xorriso"], run: deep },
    Case { name: "create-bios", needs: &["grub-mkimage", "qemu-system-x86_64"], run: bios },
    Case { name: "create-uefi", needs: &["grub-mkimage", "mformat", "mcopy", "qemu-system-x86_64"], run: uefi },
];

/// A folder `tree` with names and lengths of all sorts.
fn tree(room: &Room) -> Result<(), String> {
    room.make_tree()?;
    let mut rng = Rng::new(0xC0FFEE);
    room.write("tree/A name with blanks, and long enough for a second piece of it to be needed.tar.gz", rng.bytes(70_000))?;
    room.write(format!("tree/{}", "n".repeat(250)).as_str(), b"long")?;
    room.write("tree/sub/\u{e4}\u{3b1}\u{6f22}.txt", "text")?;
    for number in 0..200 {
        room.write(&format!("tree/many/the same beginning {number}.dat"), rng.bytes(100 + 37 * number))?;
    }
    room.tool_ok("ln", &["-s", "../readme.txt", "tree/sub/link"]).map(|_| ())
}

fn made(room: &Room, options: &[&str]) -> Result<(), String> {
    tree(room)?;
    room.discconv(&[&["create", "tree", "disc.iso", "--label", "ORACLE"], options].concat()).map(|_| ())
}

fn xorriso(room: &Room) -> Result<String, String> {
    made(room, &["--udf"])?;
    room.tool_ok("xorriso", &["-indev", "disc.iso", "-check_media", "--"])?;
    let ran = room.tool_ok("xorriso", &["-indev", "disc.iso", "-compare_r", "tree", "/", "--"])?;
    let said = String::from_utf8_lossy(&ran.stdout).into_owned() + &String::from_utf8_lossy(&ran.stderr);
    if said.contains("Differing") || said.contains("differ") && !said.contains("0 differ") {
        return Err(format!("xorriso finds differences: {said}"));
    }
    room.tool_ok("xorriso", &["-osirrox", "on", "-indev", "disc.iso", "-extract", "/", "out"])?;
    room.tool_ok("chmod", &["-R", "u+w", "out"])?;
    room.same_tree("tree", "out")?;
    Ok("xorriso checks, compares and unpacks it".to_owned())
}

fn isoinfo(room: &Room) -> Result<String, String> {
    made(room, &[])?;
    let files = String::from_utf8_lossy(&room.tool_ok("find", &["tree", "-mindepth", "1"])?.stdout).lines().count();
    for names in [&["-R"][..], &["-J"], &[]] {
        let words = [names, &["-f", "-i", "disc.iso"]].concat();
        let listed = room.tool_ok("isoinfo", &words)?;
        let found = String::from_utf8_lossy(&listed.stdout).lines().count();
        // Joliet has no links; by plain names they are empty files.
        let expected = if names == ["-J"] { files - 1 } else { files };
        if found != expected {
            return Err(format!("isoinfo {}: {found} names, where the folder has {expected}", words.join(" ")));
        }
        room.tool_ok("isoinfo", &[names, &["-l", "-i", "disc.iso"]].concat())?;
    }
    Ok(format!("isoinfo lists {files} names by all three kinds of names"))
}

/// Unpacks `disc.iso` as that file system and compares, but for the link, which some readers make a file of.
fn unpacked(room: &Room, kind: &str) -> Result<(), String> {
    room.tool_ok("7z", &["x", "-y", kind, "-oout", "disc.iso"])?;
    room.tool_ok("rm", &["-rf", "out/sub/link", "out/[BOOT]", "tree/sub/link"])?;
    room.same_tree("tree", "out")
}

fn seven_zip(room: &Room) -> Result<String, String> {
    made(room, &["--joliet-long", "--no-rock-ridge", "--links", "skip"])?;
    // Longer than any Joliet name.
    room.tool_ok("rm", &["-r", "disc.iso", &format!("tree/{}", "n".repeat(250))])?;
    room.discconv(&["create", "tree", "disc.iso", "--joliet-long", "--no-rock-ridge", "--links", "skip"])?;
    unpacked(room, "-tiso")?;
    Ok("7z unpacks Joliet names".to_owned())
}

/// 7z refuses UDF volumes with links as a whole.
fn udf(room: &Room) -> Result<String, String> {
    made(room, &["--udf", "--links", "skip"])?;
    let info = room.tool_ok("udfinfo", &["disc.iso"])?;
    let info = String::from_utf8_lossy(&info.stdout).into_owned();
    for line in ["lvid=ORACLE", "udfrev=1.02", "integrity=closed"] {
        if !info.lines().any(|said| said == line) {
            return Err(format!("udfinfo does not say {line}: {info}"));
        }
    }
    unpacked(room, "-tudf")?;
    Ok("udfinfo knows the volume, and 7z unpacks it".to_owned())
}

fn deep(room: &Room) -> Result<String, String> {
    let path = (1..30).map(|level| format!("level{level}")).collect::<Vec<_>>().join("/");
    room.write(&format!("tree/{path}/file"), "deep")?;
    room.discconv(&["create", "tree", "disc.iso"])?;
    room.tool_ok("xorriso", &["-osirrox", "on", "-indev", "disc.iso", "-extract", "/", "out"])?;
    room.tool_ok("chmod", &["-R", "u+w", "out"])?;
    room.tool_ok("rm", &["-rf", "out/rr_moved"])?;
    room.same_tree("tree", "out")?;
    Ok("xorriso finds folders of 30 levels in their places".to_owned())
}

/// What GRUB is to say, and how.
const SAID: &str = "discconv-7c31f0a9e5d24b86";
const MODULES: &[&str] =
    &["iso9660", "normal", "echo", "serial", "halt", "search", "search_fs_file", "configfile", "terminal", "part_msdos", "fat"];

fn grub_tree(room: &Room) -> Result<(), String> {
    let menu = format!("serial --unit=0 --speed=115200\nterminal_output serial\necho {SAID}\nhalt\n");
    room.write("tree/boot/grub/grub.cfg", menu)?;
    room.write("early.cfg", "search --file --set=root /boot/grub/grub.cfg\nconfigfile ($root)/boot/grub/grub.cfg\n")
}

/// Starts `disc.iso` and listens to its serial line.
fn starts(room: &Room, firmware: &[&str]) -> Result<(), String> {
    let words = [
        &["-accel", "tcg", "-m", "256", "-display", "none", "-no-reboot", "-serial", "stdio", "-monitor", "none", "-net", "none"]
            [..],
        &["-boot", "d", "-cdrom", "disc.iso"],
        firmware,
    ];
    // GRUB cannot always turn the machine off: the limit ends it, and what it said counts.
    let words = [&["--foreground", "40", "qemu-system-x86_64"][..], &words.concat()].concat();
    let ran = room.tool("timeout", &words)?;
    let said = String::from_utf8_lossy(&ran.stdout).into_owned();
    if said.contains(SAID) { Ok(()) } else { Err(format!("the disc does not start: {}", said.trim())) }
}

fn bios(room: &Room) -> Result<String, String> {
    grub_tree(room)?;
    let words = ["-O", "i386-pc-eltorito", "-p", "/boot/grub", "-c", "early.cfg", "-o", "tree/boot/eltorito.img", "biosdisk"];
    room.tool_ok("grub-mkimage", &[&words[..], MODULES].concat())?;
    room.discconv(&["create", "tree", "disc.iso", "--boot", "boot/eltorito.img", "--boot-info-table"])?;
    starts(room, &[])?;
    Ok("a BIOS starts it, and GRUB reads its files".to_owned())
}

const FIRMWARE: &str = "/usr/share/OVMF/OVMF_CODE.fd";

fn uefi(room: &Room) -> Result<String, String> {
    if !Path::new(FIRMWARE).exists() {
        return Err(format!("{FIRMWARE} is missing (apt-get install ovmf)"));
    }
    grub_tree(room)?;
    let words = ["-O", "x86_64-efi", "-p", "/boot/grub", "-c", "early.cfg", "-o", "BOOTX64.EFI"];
    room.tool_ok("grub-mkimage", &[&words[..], MODULES].concat())?;
    room.write("tree/efi.img", [])?;
    room.lengthen("tree/efi.img", 2880 << 10)?;
    room.tool_ok("mformat", &["-i", "tree/efi.img", "-f", "2880", "::"])?;
    room.tool_ok("mmd", &["-i", "tree/efi.img", "::EFI", "::EFI/BOOT"])?;
    room.tool_ok("mcopy", &["-i", "tree/efi.img", "BOOTX64.EFI", "::EFI/BOOT/BOOTX64.EFI"])?;
    room.discconv(&["create", "tree", "disc.iso", "--uefi", "efi.img"])?;
    starts(room, &["-drive", &format!("if=pflash,format=raw,readonly=on,file={FIRMWARE}")])?;
    Ok("UEFI starts it, and GRUB reads its files".to_owned())
}
