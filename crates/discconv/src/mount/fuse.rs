//! The answers to the kernel's questions.

use super::nodes::{Kind, Node, Nodes};
use discconv_core::Error;
use discconv_fs::What;
use fuser::{
    BackgroundSession, Config, Errno, FileAttr, FileHandle, FileType, Filesystem, Generation, INodeNo, LockOwner, MountOption,
    OpenFlags, ReplyAttr, ReplyData, ReplyDirectory, ReplyEntry, Request,
};
use std::ffi::OsStr;
use std::io;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, SystemTime};

/// Nothing ever changes.
const FOR_EVER: Duration = Duration::from_secs(86_400);
/// Bytes of a block for `du` and the like.
const BLOCK: u64 = 512;

/// A mounted folder.
pub(super) struct Session {
    session: BackgroundSession,
    over: Arc<AtomicBool>,
}

/// Mount `nodes` on `folder`; the image's name is what `mount` shows.
pub(super) fn begin(nodes: Nodes, image: &Path, folder: &Path) -> io::Result<Session> {
    let over = Arc::new(AtomicBool::new(false));
    let mut config = Config::default();
    // A comma would begin another option.
    let name = image.to_string_lossy().replace(',', "_");
    config.mount_options = vec![
        MountOption::RO,
        MountOption::NoDev,
        MountOption::NoSuid,
        MountOption::DefaultPermissions,
        MountOption::FSName(name),
        MountOption::Subtype("discconv".to_owned()),
    ];
    let session = fuser::spawn_mount(Answers { nodes, over: over.clone() }, folder, &config)?;
    Ok(Session { session, over })
}

impl Session {
    /// Did somebody else unmount it?
    pub(super) fn is_over(&self) -> bool {
        self.over.load(Ordering::Relaxed)
    }

    /// Unmount, and wait for the last answer.
    pub(super) fn end(self) -> io::Result<()> {
        if self.is_over() { self.session.join() } else { self.session.umount_and_join() }
    }
}

struct Answers {
    nodes: Nodes,
    over: Arc<AtomicBool>,
}

impl Answers {
    fn node(&self, number: INodeNo) -> Result<Arc<Node>, Errno> {
        self.nodes.get(number.into()).ok_or(Errno::ENOENT)
    }

    fn named(&self, parent: INodeNo, name: &OsStr) -> Result<Arc<Node>, Errno> {
        let children = self.nodes.children(&*self.node(parent)?).map_err(|error| code(&error))?;
        name.to_str().and_then(|name| children.get(name)).cloned().ok_or(Errno::ENOENT)
    }

    fn bytes(&self, number: INodeNo, offset: u64, size: u32) -> Result<Vec<u8>, Errno> {
        let content = self.nodes.content(&*self.node(number)?).map_err(|error| code(&error))?.ok_or(Errno::EISDIR)?;
        let left = content.len().saturating_sub(offset).min(u64::from(size));
        let mut bytes = vec![0; usize::try_from(left).unwrap_or(0)];
        content.read_exact_at(offset, &mut bytes).map_err(|error| code(&error))?;
        Ok(bytes)
    }
}

/// What a program is told of an error: the image's faults are an input error, as those of a scratched disc are.
fn code(_: &Error) -> Errno {
    Errno::EIO
}

impl Filesystem for Answers {
    fn destroy(&mut self) {
        self.over.store(true, Ordering::Relaxed);
    }

    fn lookup(&self, _: &Request, parent: INodeNo, name: &OsStr, reply: ReplyEntry) {
        match self.named(parent, name) {
            Ok(node) => reply.entry(&FOR_EVER, &attributes(&node), Generation(0)),
            Err(errno) => reply.error(errno),
        }
    }

    fn getattr(&self, _: &Request, number: INodeNo, _: Option<FileHandle>, reply: ReplyAttr) {
        match self.node(number) {
            Ok(node) => reply.attr(&FOR_EVER, &attributes(&node)),
            Err(errno) => reply.error(errno),
        }
    }

    fn readlink(&self, _: &Request, number: INodeNo, reply: ReplyData) {
        match self.node(number) {
            Ok(node) => match &node.kind {
                Kind::Entry(entry) => match &entry.what {
                    What::Link(to) => reply.data(to.as_bytes()),
                    _ => reply.error(Errno::EINVAL),
                },
                _ => reply.error(Errno::EINVAL),
            },
            Err(errno) => reply.error(errno),
        }
    }

    fn read(
        &self,
        _: &Request,
        number: INodeNo,
        _: FileHandle,
        offset: u64,
        size: u32,
        _: OpenFlags,
        _: Option<LockOwner>,
        reply: ReplyData,
    ) {
        match self.bytes(number, offset, size) {
            Ok(bytes) => reply.data(&bytes),
            Err(errno) => reply.error(errno),
        }
    }

    fn readdir(&self, _: &Request, number: INodeNo, _: FileHandle, offset: u64, mut reply: ReplyDirectory) {
        let listed = self.node(number).and_then(|node| {
            let children = self.nodes.children(&node).map_err(|error| code(&error))?;
            Ok((node, children))
        });
        let (node, children) = match listed {
            Ok(listed) => listed,
            Err(errno) => return reply.error(errno),
        };
        let own = [(".", node.number, FileType::Directory), ("..", node.parent, FileType::Directory)];
        let others = children.iter().map(|(name, child)| (name, child.number, kind(child)));
        let skip = usize::try_from(offset).unwrap_or(usize::MAX);
        for (next, (name, number, kind)) in (1..).zip(own.into_iter().chain(others)).skip(skip) {
            if reply.add(INodeNo(number), next, kind, name) {
                break;
            }
        }
        reply.ok();
    }
}

fn kind(node: &Node) -> FileType {
    let Kind::Entry(entry) = &node.kind else {
        return if matches!(node.kind, Kind::Tracks) { FileType::Directory } else { FileType::RegularFile };
    };
    match entry.what {
        What::Directory => FileType::Directory,
        What::Link(_) => FileType::Symlink,
        What::Device { block: true, .. } => FileType::BlockDevice,
        What::Device { .. } => FileType::CharDevice,
        What::Special => FileType::NamedPipe,
        What::File | What::Audio => FileType::RegularFile,
    }
}

fn attributes(node: &Node) -> FileAttr {
    let entry = match &node.kind {
        Kind::Entry(entry) => Some(entry),
        _ => None,
    };
    let kind = kind(node);
    let seconds = entry.and_then(|entry| entry.modified).and_then(|stamp| u64::try_from(stamp.unix_seconds()).ok());
    let time = seconds.map_or(SystemTime::UNIX_EPOCH, |seconds| SystemTime::UNIX_EPOCH + Duration::from_secs(seconds));
    let enter = if kind == FileType::Directory { 0o555 } else { 0o444 };
    // Everybody may read what an image holds; programs stay programs.
    let mode = entry.and_then(|entry| entry.mode).map_or(enter, |mode| (mode & 0o111) | enter);
    FileAttr {
        ino: INodeNo(node.number),
        size: node.len(),
        blocks: node.len().div_ceil(BLOCK),
        atime: time,
        mtime: time,
        ctime: time,
        crtime: time,
        kind,
        perm: u16::try_from(mode).unwrap_or(0o444),
        nlink: if kind == FileType::Directory { 2 } else { 1 },
        uid: 0,
        gid: 0,
        rdev: 0,
        blksize: 2048,
        flags: 0,
    }
}
