import { defineKind, oneOf, text } from "../../../schema";

/** One site of an nginx server. */
export const siteSchema = defineKind("labwright:nginx:Site", {
  doc:
    "One site of an nginx server: a file of its own, judged with `nginx -t` together with all others before nginx reloads. " +
    "A text that nginx refuses changes nothing. Reloads of several sites coalesce.",
  inputs: {
    name: text({ doc: "Name of the site and of its file, without `.conf`.", replaces: true }),
    context: oneOf(["http", "stream"], {
      doc:
        "Where nginx includes it: `http` is /etc/nginx/conf.d/NAME.conf, `stream` is /etc/nginx/stream.d/NAME.conf " +
        "(ngx_stream_core_module).",
      replaces: true,
    }),
    config: text({ doc: "The file's whole text, in nginx's own language." }),
  },
});
