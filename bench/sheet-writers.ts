import { once } from 'node:events';
import { setTimeout as pause } from 'node:timers/promises';
import { Writable } from 'node:stream';

import ExcelJs from 'exceljs';

import type { CellKind, Row } from '../domain/workbook';
import { createWorkbookWriter } from '../stores/xlsx';
import { answerQuestions } from './contestants';

/** Two writers of the same sheet, in a process of their own whose memory is read from outside. */

const KINDS: CellKind[] = Array.from({ length: 20 }, (_, column) =>
  column === 5 || column === 18 ? 'day' : column === 19 ? 'amount' : column === 10 ? 'number' : 'text',
);

function row(number: number): Row {
  return KINDS.map((kind, column) => {
    if (kind === 'day') return `19${50 + (number % 50)}-0${1 + (number % 9)}-1${number % 10}`;
    if (kind === 'amount') return number * 137;
    if (kind === 'number') return number % 100;
    return column === 4 ? String(10_000_000_000 + number) : `Değer ${column} / Işıl Ağaoğlu ${number}`;
  });
}

function* rows(count: number): Generator<Row> {
  for (let number = 0; number < count; number += 1) yield row(number);
}

/** Counts what arrives; a slow one takes 64 KB at a time and rests in between. */
class Reader extends Writable {
  bytes = 0;

  constructor(private readonly restMs: number) {
    super({ highWaterMark: 64 * 1024 });
  }

  override _write(chunk: Buffer, _encoding: string, done: () => void): void {
    this.bytes += chunk.length;
    if (this.restMs === 0) done();
    else setTimeout(done, this.restMs);
  }
}

interface Task {
  count: number;
  /** Milliseconds of rest after each piece. */
  restMs: number;
}

async function writeOurs({ count, restMs }: Task): Promise<number> {
  const out = new Reader(restMs);
  const columns = KINDS.map((kind, index) => ({ heading: `sutun_${index}`, kind }));
  const sheet = { name: 'Musteriler', columns, rows: rows(count) };
  await createWorkbookWriter().write([sheet], { title: 'x', asOf: '2026-11-22T09:00:00Z' }, out);
  return out.bytes;
}

async function writeExcelJs({ count, restMs }: Task): Promise<number> {
  const out = new Reader(restMs);
  const finished = once(out, 'finish');
  const book = new ExcelJs.stream.xlsx.WorkbookWriter({ stream: out, useStyles: true });
  const sheet = book.addWorksheet('Musteriler');
  sheet.columns = KINDS.map((kind, index) => ({
    header: `sutun_${index}`,
    key: `k${index}`,
    style: { numFmt: kind === 'day' ? 'dd.mm.yyyy' : kind === 'amount' ? '#,##0.00' : '@' },
  }));
  let written = 0;
  for (const values of rows(count)) {
    const cells = values.map((value, index) => {
      if (KINDS[index] === 'day') return new Date(String(value));
      return KINDS[index] === 'amount' ? Number(value) / 100 : value;
    });
    sheet.addRow(cells).commit();
    written += 1;
    // It writes as fast as it is told to; without a breath nothing would leave the process before the end.
    if (written % 1_000 === 0) await pause(0);
  }
  sheet.commit();
  await book.commit();
  await finished;
  return out.bytes;
}

answerQuestions({ ours: writeOurs, exceljs: writeExcelJs });
