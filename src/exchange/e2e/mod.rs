//! One organisation in numbers, in one file.

pub mod form;
