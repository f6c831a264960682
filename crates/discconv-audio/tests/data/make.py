"""Writes sound.wav and mono.wav, from which the files here are made; `sound` in ../coded/main.rs is the same."""

import struct


def triangle(n, period, height):
    at = n % period
    half = period // 2
    up = at if at < half else period - at
    return (2 * up - half) * height // half


def sound(count):
    state = 0x2545F491
    out = bytearray()
    for n in range(count):
        for period in (200, 150):
            state ^= (state << 13) & 0xFFFFFFFF
            state ^= state >> 17
            state ^= (state << 5) & 0xFFFFFFFF
            loud = 4000 if n % 9000 < 150 else 2
            noise = state % (2 * loud + 1) - loud
            value = triangle(n, period, 9000) + triangle(n, 40 * period, 6000) + noise
            out += struct.pack("<h", value)
    return bytes(out)


def wave(samples, channels):
    shape = struct.pack("<IHHIIHH", 16, 1, channels, 44100, 44100 * channels * 2, channels * 2, 16)
    head = b"RIFF" + struct.pack("<I", 36 + len(samples)) + b"WAVEfmt " + shape
    return head + b"data" + struct.pack("<I", len(samples)) + samples


if __name__ == "__main__":
    samples = sound(40000)
    left = b"".join(samples[at : at + 2] for at in range(0, len(samples), 4))
    open("sound.wav", "wb").write(wave(samples, 2))
    open("mono.wav", "wb").write(wave(left, 1))
