// The checks of verify.mjs in a browser: what Node offers there is made here from what browsers have. No network.

/** SHA-256 by steps: WebCrypto wants the whole file in memory at once. */
const ROUNDS = (() => {
  const words = [];
  const fraction = (root) => ((root - Math.floor(root)) * 2 ** 32) | 0;
  for (let n = 2; words.length < 64; n += 1) {
    let isPrime = true;
    for (let d = 2; d * d <= n; d += 1) isPrime = isPrime && n % d !== 0;
    if (isPrime) words.push({ k: fraction(Math.cbrt(n)), h: fraction(Math.sqrt(n)) });
  }
  return { k: Int32Array.from(words, ({ k }) => k), h: Int32Array.from(words.slice(0, 8), ({ h }) => h) };
})();

class Sha256 {
  constructor() {
    this.state = Int32Array.from(ROUNDS.h);
    this.words = new Int32Array(64);
    this.block = new Uint8Array(64);
    this.used = 0;
    this.length = 0;
  }

  update(bytes) {
    this.length += bytes.length;
    let at = 0;
    if (this.used > 0) {
      at = Math.min(64 - this.used, bytes.length);
      this.block.set(bytes.subarray(0, at), this.used);
      this.used += at;
      if (this.used < 64) return this;
      this.compress(this.block, 0);
      this.used = 0;
    }
    for (; at + 64 <= bytes.length; at += 64) this.compress(bytes, at);
    this.block.set(bytes.subarray(at), 0);
    this.used = bytes.length - at;
    return this;
  }

  digest() {
    const bits = this.length * 8;
    const tail = new Uint8Array(this.used < 56 ? 64 - this.used : 128 - this.used);
    tail[0] = 0x80;
    const view = new DataView(tail.buffer);
    view.setUint32(tail.length - 8, Math.floor(bits / 2 ** 32));
    view.setUint32(tail.length - 4, bits >>> 0);
    this.update(tail);
    const out = new DataView(new ArrayBuffer(32));
    this.state.forEach((word, n) => out.setInt32(n * 4, word));
    return new Uint8Array(out.buffer);
  }

  compress(bytes, at) {
    const { k } = ROUNDS;
    const w = this.words;
    for (let n = 0; n < 16; n += 1, at += 4)
      w[n] = (bytes[at] << 24) | (bytes[at + 1] << 16) | (bytes[at + 2] << 8) | bytes[at + 3];
    for (let n = 16; n < 64; n += 1) {
      const x = w[n - 15];
      const y = w[n - 2];
      const s0 = ((x >>> 7) | (x << 25)) ^ ((x >>> 18) | (x << 14)) ^ (x >>> 3);
      const s1 = ((y >>> 17) | (y << 15)) ^ ((y >>> 19) | (y << 13)) ^ (y >>> 10);
      w[n] = (w[n - 16] + s0 + w[n - 7] + s1) | 0;
    }
    let [a, b, c, d, e, f, g, h] = this.state;
    for (let n = 0; n < 64; n += 1) {
      const s1 = ((e >>> 6) | (e << 26)) ^ ((e >>> 11) | (e << 21)) ^ ((e >>> 25) | (e << 7));
      const one = (h + s1 + ((e & f) ^ (~e & g)) + k[n] + w[n]) | 0;
      const s0 = ((a >>> 2) | (a << 30)) ^ ((a >>> 13) | (a << 19)) ^ ((a >>> 22) | (a << 10));
      const two = (s0 + ((a & b) ^ (a & c) ^ (b & c))) | 0;
      h = g;
      g = f;
      f = e;
      e = (d + one) | 0;
      d = c;
      c = b;
      b = a;
      a = (one + two) | 0;
    }
    [a, b, c, d, e, f, g, h].forEach((word, n) => (this.state[n] = (this.state[n] + word) | 0));
  }
}

const CRC = Uint32Array.from({ length: 256 }, (_, n) => {
  let value = n;
  for (let bit = 0; bit < 8; bit += 1) value = value & 1 ? (value >>> 1) ^ 0xedb88320 : value >>> 1;
  return value;
});

function crcOf(bytes, before) {
  let value = ~(before ?? 0);
  for (let at = 0; at < bytes.length; at += 1) value = CRC[(value ^ bytes[at]) & 255] ^ (value >>> 8);
  return ~value >>> 0;
}

async function* inflated(chunks) {
  const parts = chunks[Symbol.asyncIterator]();
  const packed = new ReadableStream({
    async pull(controller) {
      const { done, value } = await parts.next();
      if (done) controller.close();
      else controller.enqueue(value);
    },
  });
  // Throws where something lies behind the end.
  const reader = packed.pipeThrough(new DecompressionStream('deflate-raw')).getReader();
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return;
    yield value;
  }
}

async function isSignedBy(der, bytes, signature) {
  const key = await crypto.subtle.importKey('spki', der, { name: 'Ed25519' }, false, ['verify']);
  return crypto.subtle.verify({ name: 'Ed25519' }, key, signature, bytes);
}

/** Slices of the chosen file; a window of it is kept, because headers lie close together. */
function blobSource(file) {
  const WINDOW = 4 * 1024 * 1024;
  let from = 0;
  let held = new Uint8Array(0);
  const read = async (position, length) => {
    if (position < 0 || position + length > file.size) throw new Broken('ZIP', 'not_a_zip');
    if (length > WINDOW) return new Uint8Array(await file.slice(position, position + length).arrayBuffer());
    if (position < from || position + length > from + held.length) {
      from = position;
      held = new Uint8Array(await file.slice(position, position + WINDOW).arrayBuffer());
    }
    return held.subarray(position - from, position - from + length);
  };
  return { size: file.size, read, chunk: read };
}

/** A browser without these cannot say PASS: it says so instead. */
async function canCheck() {
  try {
    const der = derOf(
      '-----BEGIN PUBLIC KEY-----MCowBQYDK2VwAyEA11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=-----END PUBLIC KEY-----',
    );
    await crypto.subtle.importKey('spki', der, { name: 'Ed25519' }, false, ['verify']);
    return typeof DecompressionStream === 'function';
  } catch {
    return false;
  }
}

const field = (id) => document.getElementById(id);

function say(verdict, lines) {
  field('result').className = verdict;
  field('verdict').textContent = { pass: 'PASS ✓', fail: 'FAIL ✕', busy: '…', error: '!' }[verdict];
  field('lines').textContent = lines.join('\n');
}

async function run(file, typed) {
  if (!(await canCheck()))
    return say('error', [
      'Bu tarayıcı Ed25519 imzasını doğrulayamıyor; güncel bir tarayıcı ya da verify.mjs kullanın.',
      'This browser cannot check Ed25519 signatures: use a current one, or verify.mjs.',
    ]);
  let done = 0;
  let shown = 0;
  const platform = {
    hash: () => new Sha256(),
    crc32: crcOf,
    inflate: inflated,
    verify: isSignedBy,
    progress(bytes) {
      done += bytes;
      if (done - shown < 8 * 1024 * 1024) return;
      shown = done;
      field('bar').value = Math.min(1, done / file.size);
    },
  };
  if (typed !== '' && keyFrom(platform, typed) === null)
    return say('error', [
      'Parmak izi 64 onaltılık hane olmalı (boşluklar sayılmaz) ya da bir PEM metni.',
      'The fingerprint has to be 64 hex digits (spaces do not count), or a PEM text.',
    ]);
  say('busy', ['Doğrulanıyor… / Checking…']);
  const result = await checkPackage(blobSource(file), platform, typed === '' ? null : typed);
  field('bar').value = 1;
  say(result.pass ? 'pass' : 'fail', describe(result));
}

document.addEventListener('submit', (event) => {
  event.preventDefault();
  const [file] = field('file').files;
  if (file === undefined) return;
  field('bar').value = 0;
  run(file, field('key').value.trim()).catch(() =>
    say('error', ['Dosya okunamadı. / The file could not be read.']),
  );
});
