import { EventEmitter, once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Readable } from 'node:stream';

import express from 'express';

import { sendFile } from '../../api/dispatch';

test('a reader who left before the file was open leaves nothing open and is no fault of ours', async () => {
  const content = Readable.from([Buffer.from('çok gizli')]);
  const seen = new EventEmitter();
  const app = express().get('/', (_req, res) => {
    const open = async () => {
      seen.emit('asked');
      await once(res, 'close');
      return content;
    };
    void sendFile({ mediaType: 'application/pdf', fileName: 'dosya.pdf', open }, res).then(
      () => seen.emit('over', 'fine'),
      (error: unknown) => seen.emit('over', error),
    );
  });
  const server = createServer(app).listen(0, '127.0.0.1');
  await once(server, 'listening');
  try {
    const [asked, over] = [once(seen, 'asked'), once(seen, 'over')];
    const leave = new AbortController();
    const { port } = server.address() as AddressInfo;
    const reader = fetch(`http://127.0.0.1:${port}/`, { signal: leave.signal });
    await asked;
    leave.abort();
    await expect(reader).rejects.toMatchObject({ name: 'AbortError' });
    expect([...(await over), content.destroyed]).toEqual(['fine', true]);
  } finally {
    server.close();
  }
});
