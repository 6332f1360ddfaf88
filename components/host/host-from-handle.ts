import * as pulumi from "@pulumi/pulumi";
import type { HandleContract, HandleSource } from "../handle";
import { Host, type HostHandle } from "./host";

/** A host of another stack: joined there, used here. */
export const hostFromHandle: HandleContract<Host, "labwright:Host"> = {
  type: "labwright:Host",
  version: 1,
  providers: {
    ssh({ stack, name, address, connection, facts }: HostHandle, { parent }: HandleSource) {
      const { machineId, ...reached } = connection;
      return new Host({
        stack,
        name,
        address,
        connection: reached,
        machine: {
          host: pulumi.output(reached),
          machineId: pulumi.output(machineId),
          distribution: pulumi.output(facts.distribution),
          release: pulumi.output(facts.release),
          initSystem: pulumi.output(facts.initSystem),
          packageManager: pulumi.output(facts.packageManager),
          hostname: pulumi.output(facts.hostname),
          architecture: pulumi.output(facts.architecture),
        },
        parent,
      });
    },
  },
};
