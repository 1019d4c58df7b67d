'use strict';
// Runs the public client ali-oss against the endpoint of the test that starts this file:
// node check.js '{"endpoint", "signature": "V1" or "V4", "file", "modules"}'.
// It prints what it saw as JSON; any surprise is an error and exit status 1.

const assert = require('assert');
const crypto = require('crypto');
const fs = require('fs');
const http = require('http');
const path = require('path');

const setup = JSON.parse(process.argv[2]);
const OSS = require(path.join(setup.modules, 'ali-oss'));

const PART = 100 * 1024;
const v4 = setup.signature === 'V4';
const options = {
  endpoint: setup.endpoint,
  region: 'oss-cn-hangzhou',
  bucket: 'first',
  accessKeyId: 'ak',
  accessKeySecret: 'sk',
  authorizationV4: v4,
  retryMax: 0,
};
const client = new OSS(options);
const sha256 = (bytes) => crypto.createHash('sha256').update(bytes).digest('hex');
const file = fs.readFileSync(setup.file);
const seen = {};

async function objects() {
  const key = 'dir/put & 100% 照片?.txt';
  const body = Buffer.from('hello from another client');
  await client.put(key, body, { meta: { color: 'blue' }, mime: 'text/plain', headers: { 'Cache-Control': 'no-cache' } });
  const head = await client.head(key);
  assert.strictEqual(head.status, 200);
  assert.strictEqual(head.meta.color, 'blue');
  assert.strictEqual(head.res.headers['content-type'], 'text/plain');
  assert.strictEqual(head.res.headers['cache-control'], 'no-cache');
  assert.strictEqual(head.res.headers['x-oss-object-type'], 'Normal');
  assert.strictEqual(Number(head.res.headers['content-length']), body.length);
  const got = await client.get(key);
  assert.ok(got.content.equals(body));
  const range = await client.get(key, { headers: { Range: 'bytes=6-9' } });
  assert.strictEqual(range.content.toString(), 'from');
  await assert.rejects(client.put(key, body, { headers: { 'x-oss-forbid-overwrite': 'true' } }), { code: 'FileAlreadyExists' });
  await client.put('dir/empty', Buffer.alloc(0));
  await assert.rejects(client.head('absent'), { code: 'NoSuchKey' });
  await assert.rejects(client.get('absent'), { code: 'NoSuchKey' });
}

async function multipart() {
  const key = 'multi/大文件 + more.bin';
  let checkpoint;
  const interrupted = client.multipartUpload(key, setup.file, {
    partSize: PART,
    parallel: 3,
    meta: { shape: 'round' },
    progress(_, at) {
      checkpoint = at;
      if (at.doneParts.length === 3) client.cancel();
    },
  });
  await assert.rejects(interrupted, { name: 'cancel' });
  const open = await client.listUploads({ 'max-uploads': 10, prefix: 'multi/' });
  assert.deepStrictEqual(open.uploads.map((u) => [u.name, u.uploadId]), [[key, checkpoint.uploadId]]);
  const before = await client.listParts(key, checkpoint.uploadId, { 'max-parts': 1000 });
  const stored = [].concat(before.parts);
  assert.ok(stored.length >= 3 && stored.length < Math.ceil(file.length / PART), `${stored.length} parts stored`);
  for (const done of checkpoint.doneParts) {
    assert.ok(stored.some((p) => Number(p.PartNumber) === done.number && p.ETag === done.etag));
  }
  let sent = 0;
  await client.multipartUpload(key, setup.file, {
    checkpoint,
    parallel: 3,
    progress() { sent += 1; },
  });
  seen.sentAfterResume = sent;
  const head = await client.head(key);
  assert.strictEqual(head.meta.shape, 'round');
  assert.strictEqual(head.res.headers['x-oss-object-type'], 'Multipart');
  seen.crc64 = head.res.headers['x-oss-hash-crc64ecma'];
  const got = await client.get(key);
  assert.strictEqual(sha256(got.content), sha256(file));
}

async function abort() {
  const key = 'never/finished';
  const { uploadId } = await client.initMultipartUpload(key);
  for (const number of [1, 2, 3]) {
    await client.uploadPart(key, uploadId, number, setup.file, 0, PART);
  }
  const first = await client.listParts(key, uploadId, { 'max-parts': 2 });
  assert.strictEqual(first.isTruncated, 'true');
  assert.deepStrictEqual(first.parts.map((p) => p.PartNumber), ['1', '2']);
  const second = await client.listParts(key, uploadId, { 'max-parts': 2, 'part-number-marker': first.nextPartNumberMarker });
  assert.strictEqual(second.isTruncated, 'false');
  assert.strictEqual([].concat(second.parts)[0].PartNumber, '3');
  const wrong = [{ number: 1, etag: '"0"' }];
  await assert.rejects(client.completeMultipartUpload(key, uploadId, wrong), { code: 'InvalidPart' });
  const result = await client.abortMultipartUpload(key, uploadId);
  assert.strictEqual(result.res.status, 204);
  await assert.rejects(client.listParts(key, uploadId), { code: 'NoSuchUpload' });
  await assert.rejects(client.abortMultipartUpload(key, uploadId), { code: 'NoSuchUpload' });
}

async function lists() {
  const names = [];
  let token;
  do {
    const query = { 'max-keys': '1' };
    if (token) query['continuation-token'] = token;
    const page = await client.listV2(query);
    names.push(...page.objects.map((o) => o.name));
    token = page.nextContinuationToken;
  } while (token);
  seen.names = names;
  const folders = await client.listV2({ delimiter: '/' });
  assert.deepStrictEqual(folders.prefixes, ['dir/', 'multi/']);
  const old = await client.list({ prefix: 'dir/', 'max-keys': 1000 });
  assert.strictEqual(old.objects.length, 2);
}

function fetch(url) {
  return new Promise((resolve, reject) => {
    // The URL names the bucket in its host, which no DNS knows: only the Host header does.
    const u = new URL(url);
    const to = new URL(setup.endpoint);
    http.get({ host: to.hostname, port: to.port, path: u.pathname + u.search, headers: { Host: 'first.oss-cn-hangzhou.aliyuncs.com' } }, (res) => {
      const chunks = [];
      res.on('data', (c) => chunks.push(c));
      res.on('end', () => resolve({ status: res.statusCode, body: Buffer.concat(chunks).toString() }));
    }).on('error', reject);
  });
}

async function presigned() {
  const key = 'dir/put & 100% 照片?.txt';
  const signer = new OSS({ ...options, endpoint: undefined }); // it signs no URLs of an IP address
  const url = v4 ? await signer.signatureUrlV4('GET', 60, {}, key) : signer.signatureUrl(key, { expires: 60 });
  const good = await fetch(url);
  assert.strictEqual(good.body, 'hello from another client');
  const bad = await fetch(url.replace('put', 'pat'));
  assert.strictEqual(bad.status, 403);
}

async function refused() {
  const other = new OSS({ ...options, accessKeySecret: 'wrong' });
  await assert.rejects(other.put('k', Buffer.from('x')), { code: 'SignatureDoesNotMatch', status: 403 });
  const nobody = new OSS({ ...options, accessKeyId: 'nobody' });
  await assert.rejects(nobody.put('k', Buffer.from('x')), { code: 'InvalidAccessKeyId', status: 403 });
  if (v4) {
    const elsewhere = new OSS({ ...options, region: 'oss-cn-beijing' });
    await assert.rejects(elsewhere.put('k', Buffer.from('x')), { code: 'InvalidArgument', status: 400 });
  }
}

async function main() {
  for (const step of [objects, multipart, abort, lists, presigned, refused]) {
    try {
      await step();
    } catch (err) {
      err.message = `${step.name}: ${err.message}`;
      throw err;
    }
  }
  process.stdout.write(JSON.stringify(seen));
}

main().then(() => process.exit(0), (err) => {
  process.stderr.write(`${err.stack}\n`);
  process.exit(1);
});
