/** What `nginx.conf` is rendered from. */
export interface NginxOptions {
  /** Listen on IPv6 as well. */
  ipv6: boolean;
  /** Connections of one worker process at a time. */
  workerConnections: number;
}

/** Listeners between nginx's own halves, on loopback alone. TCP: nginx leaves Unix sockets behind when it is killed. */
export const terminateAddress = "127.0.0.1:10443";
const passthroughAddress = "127.0.0.1:10444";

/** The `listen` arguments that every TLS server has to have alike, since they share one socket. */
export const terminateListen = `${terminateAddress} ssl http2 proxy_protocol`;

/**
 * Text of `/etc/nginx/nginx.conf`.
 *
 * Port 443 reads the name a client asks for (`ssl_preread`) and hands the connection on, with the client's address in
 * front (PROXY protocol): to the http half for a site whose TLS ends here, or to the second stream server, which takes
 * the address off again and passes the rest on untouched. Each passed site is one file of lines `NAME ADDRESS:PORT;`
 * in stream.d. A name that no site has is refused in the TLS handshake; plain HTTP is sent to HTTPS.
 */
export function renderNginxConf(options: NginxOptions): string {
  const listen = (port: number, rest = "") => [
    `listen ${port}${rest};`,
    ...(options.ipv6 ? [`listen [::]:${port}${rest};`] : []),
  ];
  return `user www-data;
worker_processes auto;
pid /run/nginx.pid;
error_log /var/log/nginx/error.log;
include /etc/nginx/modules-enabled/*.conf;

events {
    worker_connections ${options.workerConnections};
}

http {
    include /etc/nginx/mime.types;
    default_type application/octet-stream;
    access_log /var/log/nginx/access.log;
    sendfile on;
    server_tokens off;
    server_names_hash_bucket_size 512;

    ssl_protocols TLSv1.2 TLSv1.3;
    ssl_session_cache shared:sites:10m;
    ssl_session_timeout 1d;
    ssl_session_tickets off;

    set_real_ip_from 127.0.0.1;
    real_ip_header proxy_protocol;

    map $http_upgrade $connection_upgrade {
        default upgrade;
        "" "";
    }

    server {
        ${listen(80, " default_server").join("\n        ")}
        server_name _;
        return 301 https://$host$request_uri;
    }

    server {
        listen ${terminateListen} default_server;
        server_name _;
        ssl_reject_handshake on;
    }

    include /etc/nginx/conf.d/*.conf;
}

stream {
    map_hash_bucket_size 512;

    map $ssl_preread_server_name $passed_upstream {
        default "";
        include /etc/nginx/stream.d/*.conf;
    }

    map $passed_upstream $tls_server {
        default ${passthroughAddress};
        "" ${terminateAddress};
    }

    server {
        ${listen(443).join("\n        ")}
        ssl_preread on;
        proxy_protocol on;
        proxy_connect_timeout 5s;
        proxy_timeout 1h;
        proxy_pass $tls_server;
    }

    server {
        listen ${passthroughAddress} proxy_protocol;
        ssl_preread on;
        proxy_connect_timeout 5s;
        proxy_timeout 1h;
        proxy_pass $passed_upstream;
    }
}
`;
}
