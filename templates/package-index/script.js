'use strict';
// Shows the customers of the package that match what is typed, a screen at a time. Everything is in this page already.
const STEP = 200;
const field = (id) => document.getElementById(id);
const data = JSON.parse(field('data').textContent);

/** Turkish letters and their plain twins are one: who types "igdir" finds Iğdır. */
const fold = (text) =>
  text
    .toLocaleLowerCase('tr')
    .normalize('NFD')
    .replace(/[\u0300-\u036f]/g, '')
    .replace(/ı/g, 'i');

const papers = new Map();
for (const path of data.files) {
  const code = path.split('/')[1].replace(/\.pdf$/, '');
  papers.set(code, [...(papers.get(code) || []), path]);
}
const customers = data.customers.map(([code, name]) => ({ code, name, key: fold(`${code} ${name}`) }));
let matches = customers;
let shown = 0;

function link(path, text) {
  const anchor = document.createElement('a');
  anchor.href = path;
  anchor.textContent = text;
  return anchor;
}

function cell(...content) {
  const made = document.createElement('td');
  content.forEach((part, n) => made.append(...(n === 0 ? [part] : [document.createElement('br'), part])));
  return made;
}

function row({ code, name }) {
  const made = document.createElement('tr');
  const own = `dosyalar/${code}.pdf`;
  const all = papers.get(code) || [];
  const others = all.filter((path) => path !== own).map((path) => link(path, path.split('/')[2]));
  made.append(
    cell(all.includes(own) ? link(own, code) : `${code} (${field('rows').dataset.none})`),
    cell(name),
    cell(...others),
  );
  return made;
}

function more() {
  field('rows').append(...matches.slice(shown, shown + STEP).map(row));
  shown = Math.min(shown + STEP, matches.length);
  field('more').hidden = shown === matches.length;
  field('count').textContent = field('count')
    .dataset.text.replace('#1', String(matches.length))
    .replace('#2', String(customers.length));
}

function search() {
  const words = fold(field('search').value).split(/\s+/).filter(Boolean);
  matches = customers.filter(({ key }) => words.every((word) => key.includes(word)));
  shown = 0;
  field('rows').replaceChildren();
  more();
}

field('search').addEventListener('input', search);
field('more').addEventListener('click', more);
document.addEventListener('submit', (event) => event.preventDefault());
search();
