//! One movie's rows as a Parquet file.

use std::fs::File;
use std::io::Write;
use std::path::Path;
use std::sync::Arc;

use arrow::array::{
    Array, ArrayRef, AsArray, BooleanArray, FixedSizeListArray, Float32Array, Float64Array,
    Int8Array, Int32Array, Int64Array, RecordBatch, UInt8Array, UInt16Array, UInt32Array,
};
use arrow::datatypes::{
    DataType, Field as ArrowField, Float32Type, Float64Type, Int8Type, Int32Type, Int64Type,
    Schema as ArrowSchema, UInt8Type, UInt16Type, UInt32Type,
};
use env_core::columns::{Buffer, Column, DType};
use parquet::arrow::ArrowWriter;
use parquet::arrow::arrow_reader::{ParquetRecordBatchReader, ParquetRecordBatchReaderBuilder};
use parquet::basic::{Compression, ZstdLevel};
use parquet::file::properties::WriterProperties;

use super::{Manifest, Rows, Schema, columns};
use crate::{Error, Result};

/// Rows decoded at a time.
const BATCH: usize = 4096;

/// Writes `rows`, whose observations are `schema`, into `file`; `path` is for errors.
pub(super) fn write(
    file: impl Write + Send,
    path: &Path,
    schema: &Schema,
    rows: &Rows,
) -> Result<()> {
    let (columns, numbers): (Vec<Column>, Vec<Buffer>) = rows.columns(schema).into_iter().unzip();
    let schema = arrow_schema(&columns);
    let arrays = columns.iter().zip(numbers);
    let arrays = arrays.map(|(column, numbers)| array(column, numbers));
    let batch = RecordBatch::try_new(Arc::clone(&schema), arrays.collect())
        .map_err(Error::parquet(path))?;
    let properties = WriterProperties::builder()
        .set_compression(Compression::ZSTD(ZstdLevel::default()))
        .set_created_by(concat!("kartscope ", env!("CARGO_PKG_VERSION")).to_owned())
        .build();
    let mut writer =
        ArrowWriter::try_new(file, schema, Some(properties)).map_err(Error::parquet(path))?;
    writer.write(&batch).map_err(Error::parquet(path))?;
    writer.close().map_err(Error::parquet(path))?;
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
    Arc::new(ArrowField::new("item", number_type(dtype), false))
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

fn arrow_schema(fields: &[Column]) -> Arc<ArrowSchema> {
    let columns: Vec<ArrowField> = fields
        .iter()
        .map(|field| {
            let stored = match list_length(field) {
                None => number_type(field.dtype),
                Some(length) => DataType::FixedSizeList(list_item(field.dtype), length),
            };
            ArrowField::new(&field.name, stored, false)
        })
        .collect();
    Arc::new(ArrowSchema::new(columns))
}

/// A column's type without the name of a list's items, which writers choose.
fn type_name(stored: &DataType) -> String {
    match stored {
        DataType::FixedSizeList(item, length) => format!("{}[{length}]", item.data_type()),
        number => number.to_string(),
    }
}

/// Checks a file's columns and its number of rows against the manifest, reading only its footer.
pub(super) fn check(path: &Path, manifest: &Manifest, rows: u64) -> Result<()> {
    open(path, manifest, rows).map(|_| ())
}

fn open(path: &Path, manifest: &Manifest, rows: u64) -> Result<ParquetRecordBatchReader> {
    let file = File::open(path).map_err(Error::io("read", path))?;
    let builder = ParquetRecordBatchReaderBuilder::try_new(file).map_err(Error::parquet(path))?;
    let found = u64::try_from(builder.metadata().file_metadata().num_rows()).unwrap_or(0);
    if found != rows {
        return Err(Error::mismatch(path, "rows", rows, found));
    }
    let expected = arrow_schema(manifest.fields());
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
    builder
        .with_batch_size(BATCH)
        .build()
        .map_err(Error::parquet(path))
}

/// Reads all rows of a file, whose columns must be the manifest's and whose number must be `rows`.
pub(super) fn read(path: &Path, manifest: &Manifest, rows: u64) -> Result<Rows> {
    let reader = open(path, manifest, rows)?;
    let fields = manifest.fields();
    let empty = fields.iter().map(|field| Buffer::zeros(field.dtype, 0));
    let mut numbers: Vec<Buffer> = empty.collect();
    for batch in reader {
        let batch = batch.map_err(Error::parquet(path))?;
        for ((field, numbers), column) in fields.iter().zip(&mut numbers).zip(batch.columns()) {
            let items = match list_length(field) {
                None => column,
                Some(_) => column.as_fixed_size_list().values(),
            };
            let nulls = column.null_count() + items.null_count();
            if nulls > 0 {
                return Err(Error::mismatch(path, &field.name, "no nulls", nulls));
            }
            append(numbers, items);
        }
    }
    let all = columns::rows(&manifest.schema(), numbers)
        .map_err(|difference| Error::differs(path, difference))?;
    if all.len() as u64 != rows {
        return Err(Error::mismatch(path, "rows", rows, all.len()));
    }
    Ok(all)
}
