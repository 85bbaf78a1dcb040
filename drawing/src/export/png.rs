use std::io::Write;

use crate::Result;
use crate::image::Image;

/// Writes a picture as PNG.
///
/// # Errors
/// [`Error::Png`](crate::Error::Png) when it can't be written.
pub fn png(image: &Image, mut writer: impl Write) -> Result<()> {
    let mut encoder = png::Encoder::new(&mut writer, image.width(), image.height());
    encoder.set_color(png::ColorType::Rgba);
    encoder.set_depth(png::BitDepth::Eight);
    let mut data = encoder.write_header()?;
    data.write_image_data(image.rgba())?;
    data.finish()?;
    Ok(writer.flush()?)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::export::fixture::square;

    #[test]
    fn a_png_reads_back_as_it_was() {
        let image = square(5, 200);
        let mut bytes = Vec::new();
        png(&image, &mut bytes).expect("written");
        let mut reader = png::Decoder::new(std::io::Cursor::new(&bytes))
            .read_info()
            .expect("a PNG");
        let mut read = vec![0; reader.output_buffer_size().expect("a size")];
        reader.next_frame(&mut read).expect("a frame");
        assert_eq!(read, image.rgba());
    }
}
