//! Sound with the statistics of music: notes of a few voices with harmonics that die away, a little room, a little noise.

use discconv_testkit::Rng;
use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::Path;

const RATE: f64 = 44_100.0;
/// Stereo samples in a sector.
const PAIRS: u32 = 588;
/// Samples between notes of a voice.
const NOTE: u32 = 9000;
const VOICES: usize = 5;
const HARMONICS: usize = 6;

struct Voice {
    pitch: f64,
    phase: f64,
    level: f64,
    left: f64,
}

/// So many sectors of it, little-endian as on a disc.
pub(super) fn write(path: &Path, sectors: u32) -> std::io::Result<()> {
    let mut out = BufWriter::with_capacity(1 << 20, File::create(path)?);
    let mut rng = Rng::new(0x50_0D);
    let new = |number: usize| Voice { pitch: 110.0, phase: 0.0, level: 0.0, left: 0.2 + 0.15 * number as f64 };
    let mut voices: Vec<Voice> = (0..VOICES).map(new).collect();
    let mut hiss = [0.0; 2];
    for at in 0..sectors * PAIRS {
        if at % (NOTE / 5) == 0 {
            strike(&mut voices, &mut rng);
        }
        let mut both = [0.0; 2];
        for voice in &mut voices {
            let sound = voice.step();
            both[0] += sound * voice.left;
            both[1] += sound * (1.0 - voice.left);
        }
        for (sum, hiss) in both.iter_mut().zip(&mut hiss) {
            // Noise without its highest part.
            *hiss = *hiss * 0.7 + (rng.index(401) as f64 - 200.0) * 0.3;
            *sum = (*sum * 5000.0 + *hiss).clamp(-32768.0, 32767.0);
        }
        #[expect(clippy::cast_possible_truncation, reason = "clamped")]
        let samples = both.map(|sum| (sum as i16).to_le_bytes());
        out.write_all(samples.as_flattened())?;
    }
    out.flush()
}

/// One voice begins a note.
fn strike(voices: &mut [Voice], rng: &mut Rng) {
    let index = rng.index(voices.len());
    let voice = &mut voices[index];
    voice.pitch = 55.0 * 2.0_f64.powf(rng.index(48) as f64 / 12.0);
    voice.level = 0.3 + rng.index(70) as f64 / 100.0;
}

impl Voice {
    fn step(&mut self) -> f64 {
        self.phase = (self.phase + self.pitch / RATE).fract();
        self.level *= 0.99994;
        let harmonics = (1..=HARMONICS).map(|n| (self.phase * n as f64 * std::f64::consts::TAU).sin() / (n * n) as f64);
        self.level * harmonics.sum::<f64>()
    }
}
