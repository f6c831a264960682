//! What is packed and unpacked, against which peer, and how good it has to be.

/// One thing that both programs do. `IN/` and `OUT/` stand for the folders of inputs and outputs.
pub(in crate::bench) struct Pair {
    pub(in crate::bench) id: &'static str,
    pub(in crate::bench) name: &'static str,
    /// The uncompressed image, for the rate.
    pub(in crate::bench) image: &'static str,
    pub(in crate::bench) ours: &'static str,
    /// Empty where there is none.
    pub(in crate::bench) peer: &'static str,
    /// Our output has at most this part of the bytes of the peer's.
    pub(in crate::bench) size: Option<f64>,
    /// We take at most this part of its time.
    pub(in crate::bench) time: Option<f64>,
    /// Megabytes of the image in a second, at least.
    pub(in crate::bench) rate: Option<f64>,
    /// Memory that discconv may take, in KiB.
    pub(in crate::bench) peak_kib: u64,
}

pub(super) const fn pair(
    id: &'static str,
    name: &'static str,
    image: &'static str,
    ours: &'static str,
    peer: &'static str,
) -> Pair {
    Pair { id, name, image, ours, peer, size: None, time: None, rate: None, peak_kib: PEAK_KIB }
}

impl Pair {
    pub(super) const fn size(self, size: f64) -> Pair {
        Pair { size: Some(size), ..self }
    }

    pub(super) const fn time(self, time: f64) -> Pair {
        Pair { time: Some(time), ..self }
    }

    const fn rate(self, rate: f64) -> Pair {
        Pair { rate: Some(rate), ..self }
    }

    pub(super) const fn peak(self, peak_kib: u64) -> Pair {
        Pair { peak_kib, ..self }
    }
}

/// Memory that discconv may take where nothing else is said, in KiB.
const PEAK_KIB: u64 = 128 << 10;
/// Smaller, by however little.
const SMALLER: f64 = 0.999_999;
/// 2.5 times as fast.
const FAST: f64 = 0.4;
/// In half of the time.
const HALF: f64 = 0.5;
/// At six times the rate.
const SIXTH: f64 = 1.0 / 6.0;

#[rustfmt::skip]
pub(super) const PAIRS: &[Pair] = &[
    pair("cso", "CSO, 700 MB, `maxcso --fast`", "pack.iso", "discconv --no-verify --to cso IN/pack.iso OUT/x.cso", "maxcso --fast IN/pack.iso -o OUT/x.cso").size(1.0).time(FAST),
    pair("cso-2g", "CSO, 2 GB, `maxcso --fast`", "pack2g.iso", "discconv --no-verify --to cso IN/pack2g.iso OUT/x.cso", "maxcso --fast IN/pack2g.iso -o OUT/x.cso").size(1.0).time(FAST),
    pair("cso-max", "CSO `--level max`, 32 MiB, `maxcso`", "sample.iso", "discconv --no-verify --level max --to cso IN/sample.iso OUT/x.cso", "maxcso IN/sample.iso -o OUT/x.cso").size(SMALLER).time(HALF),
    pair("cso2", "CSO v2, 700 MB, `maxcso --fast`", "pack.iso", "discconv --no-verify --to cso2 IN/pack.iso OUT/x.cso", "maxcso --format=cso2 --fast IN/pack.iso -o OUT/x.cso").size(1.0).time(FAST),
    pair("cso2-2g", "CSO v2, 2 GB, `maxcso --fast`", "pack2g.iso", "discconv --no-verify --to cso2 IN/pack2g.iso OUT/x.cso", "maxcso --format=cso2 --fast IN/pack2g.iso -o OUT/x.cso").size(1.0).time(FAST),
    pair("cso2-max", "CSO v2 `--level max`, 32 MiB, `maxcso`", "sample.iso", "discconv --no-verify --level max --to cso2 IN/sample.iso OUT/x.cso", "maxcso --format=cso2 IN/sample.iso -o OUT/x.cso").size(SMALLER).time(HALF),
    pair("dax", "DAX, 700 MB, `maxcso --fast`", "pack.iso", "discconv --no-verify IN/pack.iso OUT/x.dax", "maxcso --format=dax --fast IN/pack.iso -o OUT/x.dax").size(1.0).time(FAST),
    pair("dax-2g", "DAX, 2 GB, `maxcso --fast`", "packdax.iso", "discconv --no-verify IN/packdax.iso OUT/x.dax", "maxcso --format=dax --fast IN/packdax.iso -o OUT/x.dax").size(1.0).time(FAST),
    pair("dax-max", "DAX `--level max`, 32 MiB, `maxcso`", "sample.iso", "discconv --no-verify --level max IN/sample.iso OUT/x.dax", "maxcso --format=dax IN/sample.iso -o OUT/x.dax").size(SMALLER).time(HALF),
    pair("zso", "ZSO, 700 MB, `maxcso`", "pack.iso", "discconv --no-verify IN/pack.iso OUT/x.zso", "maxcso --format=zso IN/pack.iso -o OUT/x.zso").size(0.985),
    pair("zso-2g", "ZSO, 2 GB, `maxcso --block=2048`", "pack2g.iso", "discconv --no-verify IN/pack2g.iso OUT/x.zso", "maxcso --format=zso --block=2048 IN/pack2g.iso -o OUT/x.zso").size(0.985),
    pair("zso-core", "ZSO, 700 MB, one core", "pack.iso", "discconv --jobs 1 --no-verify IN/pack.iso OUT/x.zso", "").rate(200.0),
    pair("zso-fast", "ZSO `--level fast`, 700 MB, `maxcso`", "pack.iso", "discconv --no-verify --level fast IN/pack.iso OUT/x.zso", "maxcso --format=zso IN/pack.iso -o OUT/x.zso").size(1.0).time(1.0),
    pair("cso-proof", "CSO, 700 MB, proven", "pack.iso", "discconv --to cso IN/pack.iso OUT/x.cso", ""),

    pair("un-cso", "CSO to ISO, 700 MB", "pack.iso", "discconv --no-verify IN/pack.cso OUT/x.iso", "maxcso --decompress IN/pack.cso -o OUT/x.iso").time(SIXTH),
    pair("un-cso2", "CSO v2 to ISO, 700 MB", "pack.iso", "discconv --no-verify IN/pack.cso2 OUT/x.iso", "maxcso --decompress IN/pack.cso2 -o OUT/x.iso").time(SIXTH),
    pair("un-dax", "DAX to ISO, 700 MB", "pack.iso", "discconv --no-verify IN/pack.dax OUT/x.iso", "maxcso --decompress IN/pack.dax -o OUT/x.iso").time(SIXTH),
    pair("un-zso", "ZSO to ISO, 700 MB", "pack.iso", "discconv --no-verify IN/pack.zso OUT/x.iso", "maxcso --decompress IN/pack.zso -o OUT/x.iso").time(SIXTH),
    pair("un-zso-core", "ZSO to ISO, 700 MB, one core", "pack.iso", "discconv --jobs 1 --no-verify IN/pack.zso OUT/x.iso", "").rate(1000.0),

    pair("isz", "ISZ, 700 MB, `gzip -6`", "pack.iso", "discconv --no-verify IN/pack.iso OUT/x.isz", "gzip -6 IN/pack.iso OUT/x.gz"),
    pair("isz-max", "ISZ `--level max`, 32 MiB, `gzip -6`", "sample.iso", "discconv --no-verify --level max IN/sample.iso OUT/x.isz", "gzip -6 IN/sample.iso OUT/x.gz"),
    pair("un-isz", "ISZ to ISO, 700 MB, `gzip -d`", "pack.iso", "discconv --no-verify IN/pack.isz OUT/x.iso", "gzip -d IN/pack.iso.gz OUT/x.iso"),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn goals_have_peers() {
        for pair in PAIRS.iter().chain(super::super::chd::PAIRS) {
            assert!(!pair.peer.is_empty() || (pair.size.is_none() && pair.time.is_none()), "{}", pair.id);
        }
    }
}
