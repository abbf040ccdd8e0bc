// Signs as wallets do: a line with {"key", "message"} comes in, one with {"address", "signature"} goes out.
import { createInterface } from "node:readline";
import { Wallet } from "ethers";

for await (const line of createInterface({ input: process.stdin })) {
  const { key, message } = JSON.parse(line);
  const wallet = new Wallet(key);
  const signature = message === undefined ? undefined : await wallet.signMessage(message);
  console.log(JSON.stringify({ address: wallet.address, signature }));
}
