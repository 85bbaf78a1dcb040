//! One movie's rows as a Parquet file.

use std::fs::File;
use std::io::Write;
use std::path::Path;
use std::sync::Arc;

use arrow::array::{
    Array, ArrayRef, AsArray, BooleanArray, FixedSizeListArray, Float32Array, Int8Array,
    Int32Array, RecordBatch, UInt16Array, UInt32Array,
};
use arrow::datatypes::{
    DataType, Field as ArrowField, Float32Type, Int32Type, Schema as ArrowSchema, UInt16Type,
    UInt32Type,
};
use env_core::columns::{Column, DType};
use env_mkds::action::DrivingAction;
use parquet::arrow::ArrowWriter;
use parquet::arrow::arrow_reader::{ParquetRecordBatchReader, ParquetRecordBatchReaderBuilder};
use parquet::basic::{Compression, ZstdLevel};
use parquet::file::properties::WriterProperties;

use super::{Manifest, Rows};
use crate::{Error, Result};

/// Rows decoded at a time.
const BATCH: usize = 4096;

/// Writes `rows`, whose columns are `manifest`'s, into `file`; `path` is for errors.
pub(super) fn write(
    file: impl Write + Send,
    path: &Path,
    manifest: &Manifest,
    rows: &Rows,
) -> Result<()> {
    let schema = arrow_schema(manifest.fields());
    let columns = arrays(manifest, rows);
    let batch = RecordBatch::try_new(Arc::clone(&schema), columns).map_err(Error::parquet(path))?;
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

/// The columns in the order of the manifest's fields.
fn arrays(manifest: &Manifest, rows: &Rows) -> Vec<ArrayRef> {
    let actions: Vec<DrivingAction> = rows.actions().collect();
    let buttons = |pressed: fn(&DrivingAction) -> bool| -> ArrayRef {
        Arc::new(
            actions
                .iter()
                .map(|action| Some(pressed(action)))
                .collect::<BooleanArray>(),
        )
    };
    let mut offset = 0;
    manifest
        .fields()
        .iter()
        .map(|field| -> ArrayRef {
            match field.name.as_str() {
                "frame" => Arc::new(UInt32Array::from(rows.frame.clone())),
                "buttons" => Arc::new(UInt16Array::from(rows.buttons.clone())),
                "action.steer" => Arc::new(Int8Array::from_iter_values(
                    actions.iter().map(|action| action.steer.sign()),
                )),
                "action.accelerate" => buttons(|action| action.accelerate),
                "action.brake" => buttons(|action| action.brake),
                "action.drift" => buttons(|action| action.drift),
                "action.item" => buttons(|action| action.item),
                "race_progress" => Arc::new(Float32Array::from(rows.race_progress.clone())),
                "lap" => Arc::new(Int32Array::from(rows.lap.clone())),
                "reward" => Arc::new(Float32Array::from(rows.reward.clone())),
                _ => {
                    let column = observation_array(field, rows, offset);
                    offset += field.width();
                    column
                }
            }
        })
        .collect()
}

/// The numbers `offset ..` of every observation as `field`'s column.
fn observation_array(field: &Column, rows: &Rows, offset: usize) -> ArrayRef {
    let values = Float32Array::from_iter_values(
        rows.observation
            .chunks_exact(rows.width)
            .flat_map(|row| row[offset..offset + field.width()].iter().copied()),
    );
    match list_length(field) {
        None => Arc::new(values),
        Some(length) => Arc::new(FixedSizeListArray::new(
            list_item(),
            length,
            Arc::new(values),
            None,
        )),
    }
}

fn list_item() -> Arc<ArrowField> {
    Arc::new(ArrowField::new("item", DataType::Float32, false))
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
                Some(length) => DataType::FixedSizeList(list_item(), length),
            };
            ArrowField::new(&field.name, stored, false)
        })
        .collect();
    Arc::new(ArrowSchema::new(columns))
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
            Some(field) => format!("{} ({})", field.name(), field.data_type()),
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
    let schema = manifest.schema();
    let mut all = Rows::new(&schema);
    for batch in reader {
        append(
            &mut all,
            &batch.map_err(Error::parquet(path))?,
            manifest,
            path,
        )?;
    }
    if all.len() as u64 != rows {
        return Err(Error::mismatch(path, "rows", rows, all.len()));
    }
    check_finite(&all, &schema, path)?;
    Ok(all)
}

fn append(all: &mut Rows, batch: &RecordBatch, manifest: &Manifest, path: &Path) -> Result<()> {
    let first = all.observation.len();
    let width = all.width;
    all.observation
        .resize(first + batch.num_rows() * width, 0.0);
    let mut offset = 0;
    for (field, column) in manifest.fields().iter().zip(batch.columns()) {
        if column.null_count() > 0 {
            return Err(Error::mismatch(
                path,
                &field.name,
                "no nulls",
                column.null_count(),
            ));
        }
        match field.name.as_str() {
            "frame" => all
                .frame
                .extend(column.as_primitive::<UInt32Type>().values()),
            "buttons" => all
                .buttons
                .extend(column.as_primitive::<UInt16Type>().values()),
            "race_progress" => {
                all.race_progress
                    .extend(column.as_primitive::<Float32Type>().values());
            }
            "lap" => all.lap.extend(column.as_primitive::<Int32Type>().values()),
            "reward" => all
                .reward
                .extend(column.as_primitive::<Float32Type>().values()),
            // The action columns are derived from the buttons.
            name if name.starts_with("action.") => {}
            _ => {
                let numbers = match list_length(field) {
                    None => column.as_primitive::<Float32Type>().values().clone(),
                    Some(_) => column
                        .as_fixed_size_list()
                        .values()
                        .as_primitive::<Float32Type>()
                        .values()
                        .clone(),
                };
                let length = field.width();
                let rows = all.observation[first..].chunks_exact_mut(width);
                for (row, values) in rows.zip(numbers.chunks_exact(length)) {
                    row[offset..offset + length].copy_from_slice(values);
                }
                offset += length;
            }
        }
    }
    Ok(())
}

/// Refuses values that are not finite: a single one would make all weights of a model NaN.
fn check_finite(rows: &Rows, schema: &super::Schema, path: &Path) -> Result<()> {
    let Some(index) = rows.observation.iter().position(|value| !value.is_finite()) else {
        return Ok(());
    };
    let (row, mut column) = (index / rows.width, index % rows.width);
    for field in schema.fields() {
        if column < field.width() {
            let place = format!("observation.{}[{column}], row {row}", field.name);
            return Err(Error::mismatch(
                path,
                place,
                "a finite number",
                rows.observation[index],
            ));
        }
        column -= field.width();
    }
    Ok(())
}
