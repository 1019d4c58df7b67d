// Uploads files by ali-oss with its defaults. Arguments: module, endpoint, paths as JSON.
const [, , module_, endpoint, paths] = process.argv;
const OSS = require(module_);
const path = require("path");
const fs = require("fs");

(async () => {
  const client = new OSS({
    accessKeyId: "LTAIbench", accessKeySecret: "secret-of-the-bench", region: "oss-cn-hangzhou",
    bucket: "bench", endpoint, cname: true, authorizationV4: true, timeout: 600000,
  });
  const begun = process.hrtime.bigint();
  for (const p of JSON.parse(paths)) {
    if (fs.statSync(p).size > 16 << 20) await client.multipartUpload(path.basename(p), p, {});
    else await client.put(path.basename(p), p);
  }
  console.log(JSON.stringify({ Seconds: Number(process.hrtime.bigint() - begun) / 1e9 }));
})().catch((e) => { console.error(e); process.exit(1); });
