import CCurl
import HTTP

extension ActiveTransfer {
    /// What holds for every request of the client.
    func configure(_ configuration: HTTPClientConfiguration) throws(HTTPClientError) {
        try easy.set(CURLOPT_NOSIGNAL, 1)
        try easy.allowOnlyHTTP()
        try easy.set(CURLOPT_FOLLOWLOCATION, 0)
        try easy.set(CURLOPT_SUPPRESS_CONNECT_HEADERS, 1)
        try easy.set(CURLOPT_TCP_KEEPALIVE, 1)
        try easy.set(CURLOPT_HTTP_VERSION, Int(CURL_HTTP_VERSION_2TLS))
        // Taken for each request over TLS that does not share its connection; by default it is 64 KiB, and 16 the least.
        try easy.set(CURLOPT_UPLOAD_BUFFERSIZE, 16 << 10)

        try easy.set(CURLOPT_SSL_VERIFYPEER, 1)
        try easy.set(CURLOPT_SSL_VERIFYHOST, 2)
        try easy.set(CURLOPT_SSLVERSION, Int(CURL_SSLVERSION_TLSv1_2))
        if let file = configuration.certificateAuthorityFile {
            try easy.set(CURLOPT_CAINFO, file)
            try easy.set(CURLOPT_PROXY_CAINFO, file)
        }

        switch configuration.proxy {
        case .environment: break
        case .direct: try easy.set(CURLOPT_PROXY, "")
        case .url(let url, let excluded):
            try easy.set(CURLOPT_PROXY, url)
            try easy.set(CURLOPT_NOPROXY, excluded.joined(separator: ","))
        }
    }

    /// What this request says.
    func configure(
        _ request: HTTPClientRequest,
        _ body: [UInt8]?,
        userAgent: String
    ) throws(HTTPClientError) {
        try easy.set(CURLOPT_URL, request.url)
        if request.allowedAddresses != nil { try easy.set(CURLOPT_PROXY, "") }
        // Wait for a connection that is being made, to share it, but only where the handshake tells whether that can be.
        // On plain HTTP libcurl knows once a response has ended, so one slow stream would hold up all others.
        if mayShare { try easy.set(CURLOPT_PIPEWAIT, 1) }
        try easy.set(CURLOPT_CONNECTTIMEOUT_MS, max(1, request.deadlines.connect.milliseconds))
        try easy.set(CURLOPT_USERAGENT, userAgent)
        // libcurl takes 1 KiB to 512 KiB.
        try easy.set(CURLOPT_BUFFERSIZE, max(1_024, min(request.pieceBytes, 512 << 10)))
        if request.acceptsCompression { try easy.set(CURLOPT_ACCEPT_ENCODING, "") }
        if request.method == "HEAD" {
            try easy.set(CURLOPT_NOBODY, 1)
        } else {
            // Refuses by Content-Length, before the first byte; the write callback counts for all others.
            try easy.set(CURLOPT_MAXFILESIZE_LARGE, bytes: request.maximumResponseBytes)
        }
        if let body { try easy.setBody(body) }
        try easy.set(CURLOPT_CUSTOMREQUEST, request.method)
        try easy.setHeaders(headerLines(of: request, hasBody: body != nil))
    }

    private func headerLines(of request: HTTPClientRequest, hasBody: Bool) -> [String] {
        // libcurl writes an empty value as `Name;`, as `Name:` means to leave the header out.
        var lines = request.headers.map { name, value in value.isEmpty ? "\(name);" : "\(name): \(value)" }
        guard hasBody else { return lines }
        // Added by libcurl unasked: a wait for 100-continue, and a form's content type.
        let names = request.headers.map { $0.0.lowercased() }
        if !names.contains("expect") { lines.append("Expect:") }
        if !names.contains("content-type") { lines.append("Content-Type:") }
        return lines
    }
}

extension Duration {
    /// Whole milliseconds, rounded up, within what a C `long` and libcurl take (about 24 days).
    var milliseconds: Int {
        let (seconds, attoseconds) = components
        guard seconds < 2_000_000 else { return 2_000_000_000 }
        return Int(seconds) * 1000 + Int((attoseconds + 999_999_999_999_999) / 1_000_000_000_000_000)
    }
}
