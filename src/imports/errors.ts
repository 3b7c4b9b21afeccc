import { defineErrors } from '../base/index.ts'

export const importErrors = defineErrors({
  IMPORTS_NOT_FOUND: {
    status: 404,
    meaning: 'There is no file or folder of this name.',
    remedy: 'Check the path; a relative path starts at the current directory.',
  },
  IMPORTS_UNREADABLE: {
    status: 500,
    meaning: 'The file could not be read.',
    remedy: 'Check that the file is a file, that you may read it, and that the disk works.',
  },
  IMPORTS_UNKNOWN_FORMAT: {
    status: 400,
    meaning: 'The format of the file is not known.',
    remedy:
      'Name it .ndjson, .jsonl, .json, .csv, .tsv or .parquet (the text formats also .gz), or state the format.',
  },
  IMPORTS_EMPTY_FILE: {
    status: 400,
    meaning: 'The file is empty.',
    remedy: 'Check that it was exported completely; a table needs at least its header line.',
  },
  IMPORTS_WRONG_ENCODING: {
    status: 400,
    meaning: 'The text is not UTF-8.',
    remedy: 'Save the file as UTF-8.',
  },
  IMPORTS_BROKEN_ARCHIVE: {
    status: 400,
    meaning: 'The compressed file is damaged or cut off.',
    remedy:
      'Get the file again. An import keeps the rows before the damage, and a new run goes on from there.',
  },
  IMPORTS_BROKEN_PARQUET: {
    status: 400,
    meaning: 'The file cannot be read as Parquet.',
    remedy: 'Get the file again, or export it as CSV.',
  },
  IMPORTS_WRONG_MAPPING: {
    status: 400,
    meaning: 'The column mapping cannot be understood.',
    remedy: 'Write field=column pairs with commas between them, as in user=customer,item=sku.',
  },
  IMPORTS_MISSING_COLUMN: {
    status: 400,
    meaning: 'The table does not have a column that is needed.',
    remedy:
      'In an import, map the field to one of the columns that the message lists (--map). The tables of a data set need the columns of its protocol.',
  },
  IMPORTS_WRONG_FOLDER: {
    status: 400,
    meaning: 'The folder is not a data set that can be imported.',
    remedy: 'It needs a dataset.json with a known protocol and the tables that it names.',
  },
  IMPORTS_BROKEN_QUOTES: {
    status: 400,
    meaning: 'A quoted field of a row is not closed, or text stands beside its quotes.',
    remedy: 'Close the quote, and double the quotes inside a quoted field.',
  },
  IMPORTS_RAGGED_ROW: {
    status: 400,
    meaning: 'A row has more or fewer fields than the header.',
    remedy:
      'Quote fields that contain the delimiter; in a TSV, where nothing is quoted, no field may hold a tab.',
  },
  IMPORTS_LINE_TOO_LONG: {
    status: 400,
    meaning: 'A line is longer than 1 MB.',
    remedy: 'Split the row, or check that line ends are not missing.',
  },
  IMPORTS_BROKEN_JSON: {
    status: 400,
    meaning: 'A line is not one JSON object.',
    remedy: 'Write one JSON object per line.',
  },
  IMPORTS_BAD_FIELD: {
    status: 400,
    meaning: 'A field of a data set is empty or is no number.',
    remedy: 'Mend the row that the message names.',
  },
  IMPORTS_NO_PERSON: {
    status: 400,
    meaning: 'A row names nobody: neither a user nor an anonymous visitor.',
    remedy: 'Fill the column, or map user or anonymous to another one.',
  },
  IMPORTS_NO_ITEM: {
    status: 400,
    meaning: 'A row of this event needs an item and has none.',
    remedy: 'Fill the column, or map item to another one.',
  },
  IMPORTS_BAD_TIME: {
    status: 400,
    meaning: 'The time of a row cannot be read.',
    remedy: 'Write ISO 8601 (2026-01-31T08:00:00Z), or seconds or milliseconds since 1970.',
  },
  IMPORTS_BAD_NUMBER: {
    status: 400,
    meaning: 'A number of a row cannot be read or is out of its range.',
    remedy: 'Write numbers with a decimal point and without separators; prices are at least 0.',
  },
  IMPORTS_NOT_A_PURCHASE: {
    status: 400,
    meaning: 'A transaction line without customer and price is a correction of the stock.',
    remedy: 'Nothing needs to be done: it says nothing about people.',
  },
})
