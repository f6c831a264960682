//! New discs from folders of files: ISO 9660 with Joliet and Rock Ridge, UDF bridges, El Torito.
