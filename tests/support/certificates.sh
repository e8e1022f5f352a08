#!/bin/sh
# usage: certificates.sh DIRECTORY - makes there what TLS tests need, with the openssl program: an authority ca.pem,
# certificates for localhost and 127.0.0.1 that it issued, and others with one thing wrong each.
# Each is NAME.pem with NAME.key, except that all but client share one key.
set -eu
cd "$1"

cat >openssl.cnf <<'END'
[ca]
default_ca = authority
[authority]
database = index
new_certs_dir = .
rand_serial = yes
unique_subject = no
default_md = sha256
policy = any
[any]
commonName = supplied
[authority_extensions]
basicConstraints = critical, CA:true
keyUsage = critical, keyCertSign, cRLSign
subjectKeyIdentifier = hash
[here]
subjectAltName = DNS:localhost, IP:127.0.0.1, IP:::1
[elsewhere]
subjectAltName = DNS:elsewhere.example, DNS:*.elsewhere.example, IP:192.0.2.1
[partial]
subjectAltName = DNS:edge*.site.example
[no_name]
basicConstraints = CA:false
END
: >index

new_key() { openssl ecparam -name prime256v1 -genkey -noout -out "$1"; }

# authority NAME COMMON_NAME
authority() {
  new_key "$1.key"
  openssl req -config openssl.cnf -x509 -new -key "$1.key" -subj "/CN=$2" -days 3650 -extensions authority_extensions -out "$1.pem"
}

# issue NAME AUTHORITY COMMON_NAME EXTENSIONS FIRST_DAY LAST_DAY
issue() {
  [ -e "$1.key" ] || ln -s server.key "$1.key"
  openssl req -config openssl.cnf -new -key "$1.key" -subj "/CN=$3" -out request
  openssl ca -config openssl.cnf -batch -notext -cert "$2.pem" -keyfile "$2.key" -extensions "$4" \
    -startdate "${5}000000Z" -enddate "${6}000000Z" -in request -out "$1.pem" 2>ca.log || { cat ca.log >&2; exit 1; }
}

authority ca 'Test Authority'
authority stranger 'Nobody Knows'
new_key server.key
new_key client.key
openssl pkey -in client.key -aes128 -passout pass:secret -out encrypted.key

issue good ca localhost here 20200101 20991231
issue expired ca localhost here 20200101 20210101
issue endless ca localhost here 20200101 99991231
issue not-yet-valid ca localhost here 20980101 20991231
issue wrong-host ca localhost elsewhere 20200101 20991231
issue partial-wildcard ca localhost partial 20200101 20991231
issue cn-only ca localhost no_name 20200101 20991231
issue unknown-issuer stranger localhost here 20200101 20991231
issue client ca gateway-1 no_name 20200101 20991231
ln -s server.key self-signed.key
openssl req -config openssl.cnf -x509 -new -key server.key -subj /CN=localhost -days 3650 -extensions here -out self-signed.pem
