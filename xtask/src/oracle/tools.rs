//! The independent programs.

use std::time::Duration;

/// A program, the Debian package it comes in, and how long it may take over the small images used here.
pub(super) struct Tool {
    pub(super) program: &'static str,
    pub(super) package: &'static str,
    pub(super) limit: Duration,
}

const fn tool(program: &'static str, package: &'static str, seconds: u64) -> Tool {
    Tool { program, package, limit: Duration::from_secs(seconds) }
}

pub(super) const TOOLS: &[Tool] = &[
    tool("7z", "p7zip-full", 30),
    tool("bchunk", "bchunk", 20),
    tool("bsdtar", "libarchive-tools", 20),
    tool("ccd2iso", "ccd2iso", 20),
    tool("cd-info", "libcdio-utils", 20),
    tool("cd-read", "libcdio-utils", 20),
    tool("cdrdao", "cdrdao", 20),
    // Hangs on some odd input, so the limit matters.
    tool("chdman", "mame-tools", 60),
    tool("chdman-0.289", "chdman (of npm)", 60),
    tool("genisoimage", "genisoimage", 30),
    tool("grub-mkimage", "grub-pc-bin grub-efi-amd64-bin grub-common", 30),
    tool("iat", "iat", 20),
    tool("isoinfo", "genisoimage", 20),
    tool("iso-info", "libcdio-utils", 20),
    tool("iso-read", "libcdio-utils", 20),
    tool("isoinfo", "genisoimage", 20),
    tool("maxcso", "maxcso (of npm)", 120),
    tool("mcopy", "mtools", 20),
    tool("mdf2iso", "mdf2iso", 20),
    tool("mformat", "mtools", 20),
    tool("nrg2iso", "nrg2iso", 20),
    // UEFI's own firmware comes beside it.
    tool("qemu-system-x86_64", "qemu-system-x86 ovmf", 60),
    tool("toc2cddb", "cdrdao", 20),
    tool("toc2cue", "cdrdao", 20),
    tool("udfinfo", "udftools", 20),
    tool("xorriso", "xorriso", 30),
];

/// The limit for programs that are no oracle: coreutils and discconv itself.
pub(super) const OTHER_LIMIT: Duration = Duration::from_secs(60);
