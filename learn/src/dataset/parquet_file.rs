//! One movie's rows as a Parquet file.

use std::collections::HashMap;
use std::fs::File;
use std::io::Write;
use std::ops::Range;
use std::path::Path;
use std::sync::Arc;

use arrow::array::{
    Array, ArrayRef, AsArray, BinaryArray, BooleanArray, FixedSizeListArray, Float32Array,
    Float64Array, Int8Array, Int32Array, Int64Array, RecordBatch, StringArray, StructArray,
    UInt8Array, UInt16Array, UInt32Array,
};
use arrow::datatypes::{
    DataType, Field as ArrowField, Fields, Float32Type, Float64Type, Int8Type, Int32Type,
    Int64Type, Schema as ArrowSchema, UInt8Type, UInt16Type, UInt32Type,
};
use env_core::columns::{Buffer, Column, DType};
use parquet::arrow::arrow_reader::{ParquetRecordBatchReader, ParquetRecordBatchReaderBuilder};
use parquet::arrow::{ArrowWriter, ProjectionMask};
use parquet::basic::{Compression, ZstdLevel};
use parquet::file::properties::{EnabledStatistics, WriterProperties};
use parquet::schema::types::ColumnPath;
use search::Embedding;
use serde_json::json;

use super::pictures::{Encoded, PICTURE};
use super::{Manifest, Movie, PictureFormat, Rows, Schema, Vectors, columns, vectors};
use crate::difference::Difference;
use crate::{Error, Result};

/// Rows decoded at a time.
const BATCH: usize = 4096;

/// Rows with pictures that are written, and decoded, at a time: a row group, so that readers need not hold all pictures.
const PICTURES: usize = 256;

/// The name of the items of lists.
const ITEM: &str = "item";

/// The name of a picture's bytes in its column.
const BYTES: &str = "bytes";

/// What Hugging Face `datasets` reads from the key-values of a file's Arrow schema: that the column is of pictures. It infers the others' types.
fn hugging_face() -> HashMap<String, String> {
    let features = json!({ "info": { "features": { PICTURE: { "_type": "Image" } } } });
    HashMap::from([("huggingface".to_owned(), features.to_string())])
}

/// Writes `rows`, whose observations are `schema`, and the vectors of their pictures if there are some, into `file`; `path` is
/// for errors.
pub(super) fn write(
    file: impl Write + Send,
    path: &Path,
    schema: &Schema,
    rows: &Rows,
    vectors: Option<&Vectors>,
) -> Result<()> {
    let (columns, numbers): (Vec<Column>, Vec<Buffer>) = rows.columns(schema).into_iter().unzip();
    let pictures = schema.pictures();
    let vectors = vectors.map(|all| (vectors::column(all.embedding()), all.numbers()));
    let column_of_vectors = vectors.as_ref().map(|(column, _)| column);
    let schema = arrow_schema(&columns, pictures, column_of_vectors);
    let arrays = columns.iter().zip(numbers);
    let arrays: Vec<ArrayRef> = arrays
        .map(|(column, numbers)| array(column, numbers))
        .collect();
    let properties = properties(pictures.is_some(), column_of_vectors);
    let mut writer = ArrowWriter::try_new(file, Arc::clone(&schema), Some(properties))
        .map_err(Error::parquet(path))?;
    let most = pictures.map_or(usize::MAX, |_| PICTURES);
    for first in (0..rows.len()).step_by(most) {
        let part = first..rows.len().min(first.saturating_add(most));
        let mut arrays: Vec<ArrayRef> = arrays
            .iter()
            .map(|array| array.slice(part.start, part.len()))
            .collect();
        if let Some(format) = pictures {
            arrays.push(Arc::new(picture_array(
                &rows.pictures,
                part.clone(),
                format,
            )));
        }
        if let Some((column, numbers)) = &vectors {
            let numbers = &numbers[part.start * column.width()..part.end * column.width()];
            arrays.push(array(column, numbers.to_vec().into()));
        }
        let batch = RecordBatch::try_new(Arc::clone(&schema), arrays);
        let batch = batch.map_err(Error::parquet(path))?;
        writer.write(&batch).map_err(Error::parquet(path))?;
    }
    writer.close().map_err(Error::parquet(path))?;
    Ok(())
}

fn properties(has_pictures: bool, vectors: Option<&Column>) -> WriterProperties {
    let mut properties = WriterProperties::builder()
        .set_compression(Compression::ZSTD(ZstdLevel::default()))
        .set_created_by(concat!("kartscope ", env!("CARGO_PKG_VERSION")).to_owned());
    if !has_pictures {
        return properties.build();
    }
    if let Some(vectors) = vectors {
        // Hardly two numbers are equal, and their order in a vector says nothing.
        let items = || ColumnPath::new(vec![vectors.name.clone(), "list".into(), ITEM.into()]);
        properties = properties
            .set_column_dictionary_enabled(items(), false)
            .set_column_statistics_enabled(items(), EnabledStatistics::None);
    }
    // Pictures are compressed already, and their bytes have no order that a reader could ask for.
    let bytes = || ColumnPath::new(vec![PICTURE.to_owned(), BYTES.to_owned()]);
    properties
        .set_max_row_group_row_count(Some(PICTURES))
        .set_column_compression(bytes(), Compression::UNCOMPRESSED)
        .set_column_dictionary_enabled(bytes(), false)
        .set_column_statistics_enabled(bytes(), EnabledStatistics::None)
        .build()
}

/// The pictures of some rows, as Hugging Face `datasets` has them. Readers ask for one path a picture, which names no file.
fn picture_array(pictures: &Encoded, rows: Range<usize>, format: PictureFormat) -> StructArray {
    let bytes = BinaryArray::from_iter_values(rows.clone().map(|row| pictures.get(row)));
    let ending = format.encoding.ending();
    let paths = rows.map(|row| format!("{row:06}.{ending}"));
    let paths = StringArray::from_iter_values(paths);
    StructArray::new(
        picture_fields(),
        vec![Arc::new(bytes), Arc::new(paths)],
        None,
    )
}

/// Appends the pictures of some rows.
fn append_pictures(pictures: &mut Encoded, column: &dyn Array) -> Result<(), Difference> {
    let bytes = column.as_struct().column(0).as_binary::<i32>();
    for (row, picture) in bytes.iter().enumerate() {
        let picture = picture.filter(|_| column.is_valid(row));
        let picture = picture.ok_or_else(|| Difference {
            place: format!("{PICTURE}, row {}", pictures.len()),
            expected: "a picture".to_owned(),
            found: "null".to_owned(),
        })?;
        pictures.push(picture);
    }
    Ok(())
}

/// A column's numbers: one a row, or a list of as many as the column is wide.
fn array(column: &Column, numbers: Buffer) -> ArrayRef {
    let numbers: ArrayRef = match numbers {
        Buffer::Bool(numbers) => Arc::new(BooleanArray::from(numbers)),
        Buffer::U8(numbers) => Arc::new(UInt8Array::from(numbers)),
        Buffer::U16(numbers) => Arc::new(UInt16Array::from(numbers)),
        Buffer::U32(numbers) => Arc::new(UInt32Array::from(numbers)),
        Buffer::I8(numbers) => Arc::new(Int8Array::from(numbers)),
        Buffer::I32(numbers) => Arc::new(Int32Array::from(numbers)),
        Buffer::I64(numbers) => Arc::new(Int64Array::from(numbers)),
        Buffer::F32(numbers) => Arc::new(Float32Array::from(numbers)),
        Buffer::F64(numbers) => Arc::new(Float64Array::from(numbers)),
    };
    match list_length(column) {
        None => numbers,
        Some(length) => {
            let item = list_item(column.dtype);
            Arc::new(FixedSizeListArray::new(item, length, numbers, None))
        }
    }
}

/// Appends the numbers of an array of their type.
fn append(numbers: &mut Buffer, array: &dyn Array) {
    match numbers {
        Buffer::Bool(numbers) => numbers.extend(array.as_boolean().values()),
        Buffer::U8(numbers) => numbers.extend(array.as_primitive::<UInt8Type>().values()),
        Buffer::U16(numbers) => numbers.extend(array.as_primitive::<UInt16Type>().values()),
        Buffer::U32(numbers) => numbers.extend(array.as_primitive::<UInt32Type>().values()),
        Buffer::I8(numbers) => numbers.extend(array.as_primitive::<Int8Type>().values()),
        Buffer::I32(numbers) => numbers.extend(array.as_primitive::<Int32Type>().values()),
        Buffer::I64(numbers) => numbers.extend(array.as_primitive::<Int64Type>().values()),
        Buffer::F32(numbers) => numbers.extend(array.as_primitive::<Float32Type>().values()),
        Buffer::F64(numbers) => numbers.extend(array.as_primitive::<Float64Type>().values()),
    }
}

fn list_item(dtype: DType) -> Arc<ArrowField> {
    Arc::new(ArrowField::new(ITEM, number_type(dtype), false))
}

fn number_type(dtype: DType) -> DataType {
    match dtype {
        DType::Bool => DataType::Boolean,
        DType::U8 => DataType::UInt8,
        DType::U16 => DataType::UInt16,
        DType::U32 => DataType::UInt32,
        DType::I8 => DataType::Int8,
        DType::I32 => DataType::Int32,
        DType::I64 => DataType::Int64,
        DType::F32 => DataType::Float32,
        DType::F64 => DataType::Float64,
    }
}

/// The length of the list in which a column stores a row; `None` for a single number.
fn list_length(column: &Column) -> Option<i32> {
    // A schema's width is bounded far below.
    let length = || i32::try_from(column.width()).unwrap_or(i32::MAX);
    (!column.shape.is_empty()).then(length)
}

/// The parts of a picture's column. `datasets` recognises the column only when they may be null.
fn picture_fields() -> Fields {
    Fields::from(vec![
        ArrowField::new(BYTES, DataType::Binary, true),
        ArrowField::new("path", DataType::Utf8, true),
    ])
}

/// How a column of numbers is stored.
fn arrow_field(column: &Column) -> ArrowField {
    let stored = match list_length(column) {
        None => number_type(column.dtype),
        Some(length) => DataType::FixedSizeList(list_item(column.dtype), length),
    };
    ArrowField::new(&column.name, stored, false)
}

/// The columns of a file: numbers, pictures, their vectors.
fn arrow_schema(
    fields: &[Column],
    pictures: Option<PictureFormat>,
    vectors: Option<&Column>,
) -> Arc<ArrowSchema> {
    let mut columns: Vec<ArrowField> = fields.iter().map(arrow_field).collect();
    columns.extend(pictures.map(|_| {
        let stored = DataType::Struct(picture_fields());
        ArrowField::new(PICTURE, stored, true)
    }));
    columns.extend(vectors.map(arrow_field));
    let values = pictures.map(|_| hugging_face());
    Arc::new(ArrowSchema::new_with_metadata(
        columns,
        values.unwrap_or_default(),
    ))
}

/// A column's type without the name of a list's items, which writers choose.
fn type_name(stored: &DataType) -> String {
    match stored {
        DataType::FixedSizeList(item, length) => format!("{}[{length}]", item.data_type()),
        number => number.to_string(),
    }
}

/// Checks a file's columns and its number of rows against the manifest, reading only its footer.
pub(super) fn check(path: &Path, manifest: &Manifest, movie: &Movie) -> Result<()> {
    open(path, manifest, movie).map(|_| ())
}

fn open(
    path: &Path,
    manifest: &Manifest,
    movie: &Movie,
) -> Result<ParquetRecordBatchReaderBuilder<File>> {
    let file = File::open(path).map_err(Error::io("read", path))?;
    let builder = ParquetRecordBatchReaderBuilder::try_new(file).map_err(Error::parquet(path))?;
    let found = u64::try_from(builder.metadata().file_metadata().num_rows()).unwrap_or(0);
    if found != movie.rows {
        return Err(Error::mismatch(path, "rows", movie.rows, found));
    }
    let pictures = manifest.schema().pictures();
    let vectors = movie.embedding.as_ref().map(vectors::column);
    let expected = arrow_schema(manifest.fields(), pictures, vectors.as_ref());
    let (expected, found) = (expected.fields(), builder.schema().fields());
    for index in 0..expected.len().max(found.len()) {
        let describe = |field: Option<&Arc<ArrowField>>| match field {
            Some(field) => format!("{} ({})", field.name(), type_name(field.data_type())),
            None => "nothing".to_owned(),
        };
        let (expected, found) = (describe(expected.get(index)), describe(found.get(index)));
        if expected != found {
            return Err(Error::mismatch(
                path,
                format!("column {index}"),
                expected,
                found,
            ));
        }
    }
    Ok(builder.with_batch_size(pictures.map_or(BATCH, |_| PICTURES)))
}

/// A reader of some columns of a file.
fn reader_of(
    path: &Path,
    builder: ParquetRecordBatchReaderBuilder<File>,
    columns: Range<usize>,
) -> Result<ParquetRecordBatchReader> {
    let mask = ProjectionMask::roots(builder.parquet_schema(), columns);
    let reader = builder.with_projection(mask).build();
    reader.map_err(Error::parquet(path))
}

/// How many columns of numbers and pictures the rows of a schema have in a file.
fn columns_of_rows(schema: &Schema, manifest: &Manifest) -> usize {
    manifest.fields().len() + usize::from(schema.pictures().is_some())
}

/// Appends the numbers of a column of a batch, none of which may be null.
fn append_column(
    path: &Path,
    field: &Column,
    numbers: &mut Buffer,
    column: &ArrayRef,
) -> Result<()> {
    let items = match list_length(field) {
        None => column,
        Some(_) => column.as_fixed_size_list().values(),
    };
    let nulls = column.null_count() + items.null_count();
    if nulls > 0 {
        return Err(Error::mismatch(path, &field.name, "no nulls", nulls));
    }
    append(numbers, items);
    Ok(())
}

/// Reads all rows of a movie's file, whose columns must be the manifest's; `schema` is the manifest's, or the same without pictures.
pub(super) fn read(
    path: &Path,
    manifest: &Manifest,
    movie: &Movie,
    schema: &Schema,
) -> Result<Rows> {
    let builder = open(path, manifest, movie)?;
    let reader = reader_of(path, builder, 0..columns_of_rows(schema, manifest))?;
    let fields = manifest.fields();
    let empty = fields.iter().map(|field| Buffer::zeros(field.dtype, 0));
    let mut numbers: Vec<Buffer> = empty.collect();
    let mut pictures = Encoded::default();
    let differs = |difference| Error::differs(path, difference);
    for batch in reader {
        let batch = batch.map_err(Error::parquet(path))?;
        for ((field, numbers), column) in fields.iter().zip(&mut numbers).zip(batch.columns()) {
            append_column(path, field, numbers, column)?;
        }
        if let Some(column) = batch.columns().get(fields.len()) {
            append_pictures(&mut pictures, column).map_err(differs)?;
        }
    }
    let all = columns::rows(schema, numbers, pictures).map_err(differs)?;
    all.require_pictures().map_err(differs)?;
    require_rows(path, movie, all.len())?;
    Ok(all)
}

/// Reads the vectors of a movie's file, which has such of `embedding`.
pub(super) fn read_vectors(
    path: &Path,
    manifest: &Manifest,
    movie: &Movie,
    embedding: &Embedding,
) -> Result<Vectors> {
    let builder = open(path, manifest, movie)?;
    let place = columns_of_rows(&manifest.schema(), manifest);
    let field = vectors::column(embedding);
    let mut numbers = Buffer::zeros(field.dtype, 0);
    for batch in reader_of(path, builder, place..place + 1)? {
        let batch = batch.map_err(Error::parquet(path))?;
        append_column(path, &field, &mut numbers, batch.column(0))?;
    }
    let numbers = Vec::try_from(numbers).expect("of the column's type");
    let vectors = Vectors::checked(embedding.clone(), numbers);
    let vectors = vectors.map_err(|difference| Error::differs(path, difference))?;
    require_rows(path, movie, vectors.len())?;
    Ok(vectors)
}

/// Refuses a file that has other rows than its footer says.
fn require_rows(path: &Path, movie: &Movie, found: usize) -> Result<()> {
    match found as u64 == movie.rows {
        true => Ok(()),
        false => Err(Error::mismatch(path, "rows", movie.rows, found)),
    }
}
