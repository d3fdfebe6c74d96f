/** The minimal client: dial, one call, one value. */
import { promisify } from "node:util";
import type { GetRequest } from "./gen/podkey/v1/GetRequest.ts";
import type { GetResponse__Output as GetResponse } from "./gen/podkey/v1/GetResponse.ts";
import { openClient } from "./open-client.ts";

/** One value. @throws the ServiceError of grpc-js. */
export async function get(endpoint: string, name: string, key: string): Promise<Buffer | undefined> {
  const client = openClient(endpoint);
  const deadline = Date.now() + 5000;
  const call = promisify((request: GetRequest, done: (error: Error | null, response?: GetResponse) => void) =>
    client.get(request, { deadline }, done),
  );
  try {
    const response = await call({ name, keys: [key] });
    return response?.credential?.data[key];
  } finally {
    client.close();
  }
}
