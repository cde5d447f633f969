//! What comes out, asked of the programs that read it: qpdf, and poppler's pdftotext, pdfinfo, pdffonts, pdfimages and
//! pdftoppm.

mod hyphens;
mod looks;
mod pages;
mod pictures;
mod support;
mod tags;
mod text;
