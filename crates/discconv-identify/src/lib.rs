//! What a disc is: system, serial, title, region; and what a file is that is no disc image.
