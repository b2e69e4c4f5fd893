import { createServer, type Server, type Socket } from 'node:net';
import type { AddressInfo } from 'node:net';

/** Where a scripted server stops answering as it should. */
export type Moment = 'connect' | 'greeting' | 'helo' | 'from' | 'recipient' | 'data' | 'half_way' | 'end';

/** Breaks the connection, falls silent, or answers with a line of its own. */
export type Mischief = { at: Moment; do: 'break' | 'silence' } | { at: Moment; say: string };

export interface ScriptedServer {
  url: string;
  /** Messages whose final dot arrived. */
  received: string[];
  close(): Promise<void>;
}

/** An SMTP server that goes wrong at one moment of every session: faults below what a mail server library lets happen. */
export async function scriptedServer(mischief: Mischief): Promise<ScriptedServer> {
  const received: string[] = [];
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => {}); // broken on purpose
    converse(socket, mischief, received);
  });
  const port = await listen(server);
  return {
    url: `smtp://127.0.0.1:${port}`,
    received,
    close: () =>
      new Promise((resolve) => {
        for (const socket of sockets) socket.destroy();
        server.close(() => resolve());
      }),
  };
}

/** A port on which nobody listens. */
export async function closedPort(): Promise<number> {
  const server = createServer();
  const port = await listen(server);
  await new Promise((resolve) => server.close(resolve));
  return port;
}

function listen(server: Server): Promise<number> {
  return new Promise((resolve) => {
    server.listen(0, '127.0.0.1', () => resolve((server.address() as AddressInfo).port));
  });
}

function converse(socket: Socket, mischief: Mischief, received: string[]): void {
  const step = (moment: Moment, usual: string): void => {
    if (mischief.at !== moment) return void socket.write(`${usual}\r\n`);
    if ('say' in mischief) return void socket.write(`${mischief.say}\r\n`);
    if (mischief.do === 'break') socket.destroy();
  };
  let body: string | null = null;
  if (mischief.at === 'connect') return void socket.destroy();
  step('greeting', '220 scripted.example');
  socket.on('data', (chunk) => {
    const text = chunk.toString('latin1');
    if (body !== null) {
      body += text;
      if (mischief.at === 'half_way') return void socket.destroy();
      if (!body.endsWith('\r\n.\r\n')) return;
      received.push(body);
      body = null;
      return step('end', '250 2.0.0 queued as 42');
    }
    for (const line of text.split('\r\n').filter((part) => part !== '')) {
      const verb = line.slice(0, 4).toUpperCase();
      if (verb === 'EHLO') step('helo', '250 scripted.example');
      else if (verb === 'MAIL') step('from', '250 2.1.0 ok');
      else if (verb === 'RCPT') step('recipient', '250 2.1.5 ok');
      else if (verb === 'DATA') {
        step('data', '354 go on');
        if (mischief.at !== 'data') body = '';
      } else socket.write('250 ok\r\n');
    }
  });
}
