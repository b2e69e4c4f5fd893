/** What XML cannot hold, or would read as markup, or as one of the escapes made here. */
const NOT_PLAIN = /[&<>"\ufffe\uffff]|(?![\t\n])\p{Cc}|\p{Cs}|_(?=x[0-9A-Fa-f]{4}_)/gu;
const HALF_CHARACTER = /\p{Cs}/u;
const ENTITIES: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };

/** Text as it stands in a part of a workbook. */
export function escapeXml(text: string): string {
  return text.replace(NOT_PLAIN, (found) => ENTITIES[found] ?? spreadsheetEscape(found));
}

/** `_xHHHH_`, by which spreadsheets write characters that XML does not allow. */
function spreadsheetEscape(character: string): string {
  if (HALF_CHARACTER.test(character)) return '\ufffd';
  return `_x${character.charCodeAt(0).toString(16).toUpperCase().padStart(4, '0')}_`;
}
