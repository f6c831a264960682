//! The subheader of a sector stored as bytes 24 to 2351.
//!
//! EDC is linear: what the subheader adds to it depends on nothing else. So the subheader can be computed from the EDC
//! and the rest. The polynomial has a factor in common with x^32 + 1, because the subheader stands there twice; hence
//! there are four solutions or none. In Form 1 the ECC, which covers the subheader too, proves one of them. In Form 2 one
//! of them usually is the only one that makes sense.

use std::sync::LazyLock;

use crate::edc::{edc, stored};
use crate::layout::{FORM1_EDC, FORM2_EDC, RAW, Subheader, XA_USER};
use crate::{FORM2_USER, USER, ecc};

/// The subheader that EDC and ECC prove, otherwise `guess`, as Form 2 where no EDC was recorded.
pub(super) fn subheader(raw: &[u8; RAW], guess: Subheader) -> Subheader {
    let (form1, form2) = (stored(raw, FORM1_EDC), stored(raw, FORM2_EDC));
    let (guessed, at, solver) = if guess.is_form2() { (form2, FORM2_EDC, &FORM2) } else { (form1, FORM1_EDC, &FORM1) };
    if guessed != 0 && solver.share(guess) == guessed ^ edc(&raw[XA_USER..at]) {
        return guess;
    }
    if let Some(proven) = prove_form1(raw, form1).or_else(|| find_form2(raw, form2)) {
        return proven;
    }
    let no_edc = if form2 == 0 { Subheader::FORM2 } else { 0 };
    Subheader { submode: guess.submode | no_edc, ..guess }
}

/// The subheader with which both EDC and ECC of Form 1 hold.
fn prove_form1(raw: &[u8; RAW], stored: u32) -> Option<Subheader> {
    if stored == 0 {
        return None;
    }
    let mut raw = *raw;
    FORM1.solve(stored ^ edc(&raw[XA_USER..FORM1_EDC])).into_iter().flatten().filter(|subheader| !subheader.is_form2()).find(
        |subheader| {
            subheader.write(&mut raw);
            ecc::holds_form1(&raw)
        },
    )
}

/// The plainest subheader that makes sense and with which the EDC of Form 2 holds.
fn find_form2(raw: &[u8; RAW], stored: u32) -> Option<Subheader> {
    if stored == 0 {
        return None;
    }
    FORM2
        .solve(stored ^ edc(&raw[XA_USER..FORM2_EDC]))
        .into_iter()
        .flatten()
        .filter(|subheader| makes_sense(*subheader))
        .min_by_key(|subheader| u32::from_le_bytes(subheader.to_bytes()).count_ones())
}

/// Form 2, a channel that exists, and not more than one of video, audio and data.
fn makes_sense(subheader: Subheader) -> bool {
    let contents = subheader.submode & 0x0E;
    subheader.is_form2() && subheader.channel < 32 && subheader.coding < 0x80 && contents.count_ones() <= 1
}

static FORM1: LazyLock<Solver> = LazyLock::new(|| Solver::new(USER));
static FORM2: LazyLock<Solver> = LazyLock::new(|| Solver::new(FORM2_USER));

/// From a share of the EDC to the subheaders that cause it.
struct Solver {
    /// What each bit of the subheader adds to the EDC.
    shares: [u32; 32],
    /// Sums of shares that have their lowest bit to themselves, and the subheader bits that cause them.
    steps: Vec<(u32, u32)>,
    /// Subheader bits that together cause nothing.
    silent: Vec<u32>,
}

impl Solver {
    /// For a form with so many bytes of user data behind the subheaders.
    fn new(user: usize) -> Self {
        let mut bytes = vec![0; 8 + user];
        let shares = core::array::from_fn(|bit| {
            let copy = (1_u32 << bit).to_le_bytes();
            bytes[..4].copy_from_slice(&copy);
            bytes[4..8].copy_from_slice(&copy);
            edc(&bytes)
        });
        let mut solver = Self { shares, steps: Vec::new(), silent: Vec::new() };
        for (bit, share) in shares.into_iter().enumerate() {
            let (rest, others) = solver.reduce(share);
            let bits = others ^ (1 << bit);
            if rest == 0 {
                solver.silent.push(bits);
            } else {
                solver.steps.push((rest, bits));
            }
        }
        solver
    }

    /// What `subheader` adds to the EDC.
    fn share(&self, subheader: Subheader) -> u32 {
        let bits = u32::from_le_bytes(subheader.to_bytes());
        (0..32).filter(|bit| bits >> bit & 1 == 1).fold(0, |sum, bit| sum ^ self.shares[bit])
    }

    /// Takes all steps out of `share`: what is left, and the bits that were taken.
    fn reduce(&self, share: u32) -> (u32, u32) {
        self.steps.iter().fold((share, 0), |(rest, taken), step| {
            let lowest = step.0 & step.0.wrapping_neg();
            if rest & lowest == 0 { (rest, taken) } else { (rest ^ step.0, taken ^ step.1) }
        })
    }

    /// All subheaders that add `share` to the EDC.
    fn solve(&self, share: u32) -> Option<impl Iterator<Item = Subheader>> {
        let (rest, bits) = self.reduce(share);
        (rest == 0).then(|| {
            (0..1_u32 << self.silent.len()).map(move |choice| {
                let silent = self.silent.iter().enumerate();
                let bits = silent.filter(|(i, _)| choice >> i & 1 == 1).fold(bits, |bits, (_, silent)| bits ^ silent);
                Subheader::from_bytes(bits.to_le_bytes())
            })
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::layout::BODY;

    #[test]
    fn four_subheaders_for_each_share() {
        for (solver, user) in [(&FORM1, USER), (&FORM2, FORM2_USER)] {
            assert_eq!(solver.silent.len(), 2);
            for seed in 0..500_u32 {
                let wanted = Subheader::from_bytes(seed.wrapping_mul(0x9E37_79B1).to_le_bytes());
                let mut bytes = vec![0; 8 + user];
                bytes[..4].copy_from_slice(&wanted.to_bytes());
                bytes[4..8].copy_from_slice(&wanted.to_bytes());
                let share = edc(&bytes);
                assert_eq!(solver.share(wanted), share);
                let found: Vec<_> = solver.solve(share).into_iter().flatten().collect();
                assert_eq!(found.len(), 4);
                assert!(found.contains(&wanted));
                assert!(found.iter().all(|other| solver.share(*other) == share));
            }
        }
    }

    fn forget(raw: &[u8; RAW]) -> [u8; RAW] {
        let mut raw = *raw;
        raw[BODY..XA_USER].fill(0xEE);
        raw
    }

    #[test]
    fn form_1_is_proven_whatever_the_guess() {
        for bytes in [[0, 0, 0x08, 0], [0, 0, 0x89, 0], [1, 1, 0x48, 0x80], [9, 200, 0x0E, 255]] {
            let wanted = Subheader::from_bytes(bytes);
            let mut raw = core::array::from_fn(|i| (i * 31 % 251).to_le_bytes()[0]);
            crate::build_form1(crate::Lba(3), &mut raw, wanted);
            for guess in [Subheader::DATA, Subheader::FORM2_BLANK, wanted] {
                assert_eq!(subheader(&forget(&raw), guess), wanted);
            }
        }
    }

    #[test]
    fn form_2_is_found_where_it_has_an_edc() {
        for bytes in [[0, 0, 0x20, 0], [1, 0, 0x64, 0x01], [1, 1, 0x62, 0x0F], [2, 31, 0xE4, 0x7F]] {
            let wanted = Subheader::from_bytes(bytes);
            let mut raw = core::array::from_fn(|i| (i * 31 % 251).to_le_bytes()[0]);
            crate::build_form2(crate::Lba(3), &mut raw, wanted, true);
            for guess in [Subheader::DATA, Subheader::FORM2_BLANK, wanted] {
                assert_eq!(subheader(&forget(&raw), guess), wanted);
            }
            crate::build_form2(crate::Lba(3), &mut raw, wanted, false);
            let guess = Subheader::from_bytes([7, 7, 0x08, 7]);
            let form2 = Subheader::from_bytes([7, 7, 0x28, 7]);
            assert_eq!(subheader(&forget(&raw), guess), form2);
            assert_eq!(subheader(&forget(&raw), form2), form2);
        }
    }

    #[test]
    fn damaged_sectors_keep_the_guess() {
        let mut raw = core::array::from_fn(|i| (i * 31 % 251).to_le_bytes()[0]);
        crate::build_form1(crate::Lba(3), &mut raw, Subheader::DATA);
        raw[100] ^= 0x55;
        raw[200] ^= 0x55;
        let guess = Subheader::with_submode(0x09);
        let got = subheader(&forget(&raw), guess);
        assert!(got == guess || makes_sense(got));
    }
}
