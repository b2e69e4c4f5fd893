import { columnLetters, type Column } from '../domain/workbook';
import { escapeXml } from './xlsx-text';

/** Notes on headings and lists to choose from (ECMA-376): what makes a sheet a form. Plain sheets have none of it. */

const XML = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n';
const MAIN = 'http://schemas.openxmlformats.org/spreadsheetml/2006/main';
const RELATIONS = 'http://schemas.openxmlformats.org/officeDocument/2006/relationships';
const PACKAGE = 'http://schemas.openxmlformats.org/package/2006/relationships';

/** Rows under the heading for which choices are offered. */
const OFFERED_ROWS = 10_000;

export function hasNotes(columns: readonly Column[]): boolean {
  return columns.some(({ note }) => note !== undefined);
}

export function noteTypes(sheets: readonly number[]): string {
  if (sheets.length === 0) return '';
  const drawing =
    '<Default Extension="vml" ContentType="application/vnd.openxmlformats-officedocument.vmlDrawing"/>';
  const type = 'application/vnd.openxmlformats-officedocument.spreadsheetml.comments+xml';
  return (
    drawing + sheets.map((n) => `<Override PartName="/xl/comments${n}.xml" ContentType="${type}"/>`).join('')
  );
}

export function noteRelations(sheet: number): string {
  return (
    `${XML}<Relationships xmlns="${PACKAGE}"><Relationship Id="rId1" Type="${RELATIONS}/vmlDrawing" Target="../drawings/vmlDrawing${sheet}.vml"/>` +
    `<Relationship Id="rId2" Type="${RELATIONS}/comments" Target="../comments${sheet}.xml"/></Relationships>`
  );
}

/** Offers choices without forbidding others: what nobody knows becomes a finding, as in the form. */
export function dataValidations(columns: readonly Column[]): string {
  const rules = columns.flatMap(({ choices }, index) => {
    if (choices === undefined) return [];
    const at = columnLetters(index);
    return [
      `<dataValidation type="list" allowBlank="1" errorStyle="warning" showErrorMessage="0" sqref="${at}2:${at}${OFFERED_ROWS + 1}">` +
        `<formula1>${escapeXml(choices)}</formula1></dataValidation>`,
    ];
  });
  return rules.length === 0
    ? ''
    : `<dataValidations count="${rules.length}">${rules.join('')}</dataValidations>`;
}

export function notesReference(columns: readonly Column[]): string {
  return hasNotes(columns) ? `<legacyDrawing xmlns:r="${RELATIONS}" r:id="rId1"/>` : '';
}

export function comments(columns: readonly Column[]): string {
  const notes = columns.flatMap(({ note }, index) =>
    note === undefined
      ? []
      : [
          `<comment ref="${columnLetters(index)}1" authorId="0"><text><r><t xml:space="preserve">${escapeXml(note)}</t></r></text></comment>`,
        ],
  );
  return `${XML}<comments xmlns="${MAIN}"><authors><author>Sicil</author></authors><commentList>${notes.join('')}</commentList></comments>`;
}

/** Where the notes appear; programs of today still ask for the drawing of those of 1997. */
export function noteShapes(columns: readonly Column[]): string {
  const shapes = columns.flatMap(({ note }, index) =>
    note === undefined
      ? []
      : [
          `<v:shape id="_x0000_s${1025 + index}" type="#note" style="position:absolute;width:220pt;height:80pt;visibility:hidden" fillcolor="#ffffe1" o:insetmode="auto">` +
            '<v:fill color2="#ffffe1"/><v:textbox/><x:ClientData ObjectType="Note"><x:MoveWithCells/><x:SizeWithCells/>' +
            `<x:Anchor>${index + 1}, 15, 0, 2, ${index + 4}, 15, 5, 4</x:Anchor><x:AutoFill>False</x:AutoFill>` +
            `<x:Row>0</x:Row><x:Column>${index}</x:Column></x:ClientData></v:shape>`,
        ],
  );
  return (
    '<xml xmlns:v="urn:schemas-microsoft-com:vml" xmlns:o="urn:schemas-microsoft-com:office:office" xmlns:x="urn:schemas-microsoft-com:office:excel">' +
    '<v:shapetype id="note" coordsize="21600,21600" o:spt="202" path="m,l,21600r21600,l21600,xe"><v:stroke joinstyle="miter"/>' +
    `<v:path gradientshapeok="t" o:connecttype="rect"/></v:shapetype>${shapes.join('')}</xml>`
  );
}
