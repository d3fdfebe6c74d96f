/** C++: Debian's gRPC C++, stubs by CMake with protoc and gRPC's plugin. */
import { buildAsDocumented } from "../kit/build-as-documented.ts";
import { installDebianPackages } from "../kit/debian-packages.ts";
import type { Language } from "../kit/language.ts";

const PACKAGES = ["libgrpc++-dev", "libprotobuf-dev", "libssl-dev", "protobuf-compiler-grpc"];

/** See the file header. */
export const cpp: Language = {
  name: "C++",
  needs: [
    ["g++", "--version"],
    ["cmake", "--version"],
    ["protoc", "--version"],
    ["pkg-config", "grpc++"],
  ],
  install: () => installDebianPackages(PACKAGES),
  prepare: (folder) => buildAsDocumented("cpp", folder),
};
