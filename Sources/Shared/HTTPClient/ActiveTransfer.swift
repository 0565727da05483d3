import CCurl
import HTTP

/// A transfer while libcurl works on it. Lives on the client's thread only; the loop keeps it alive as long as libcurl
/// holds its address.
@safe
final class ActiveTransfer {
    let transfer: Transfer
    let easy: EasyHandle
    /// When this transfer's entry in the deadline heap comes up. Other entries for it are stale.
    var scheduled: ContinuousClock.Instant
    let totalDeadline: ContinuousClock.Instant
    private unowned let loop: CurlLoop
    private var parser = ResponseHeadParser()
    private var receivedBytes = 0
    private var sentBytes = 0
    private var lastActivity: ContinuousClock.Instant
    /// The connection is ready and the request on its way, so silence from now on counts as idle.
    private var isUnderWay = false
    private var isPaused = false
    /// Other transfers may share this one's connection, as far as is known yet.
    private(set) var mayShare: Bool
    /// Why a callback refused to go on, which libcurl itself can only call a write error.
    private var refusal: HTTPClientError?

    /// Throws `.invalidRequest` for what libcurl refuses.
    init(_ transfer: Transfer, configuration: HTTPClientConfiguration, loop: CurlLoop) throws(HTTPClientError) {
        self.transfer = transfer
        self.loop = loop
        lastActivity = loop.now
        totalDeadline = transfer.started.advanced(by: transfer.request.deadlines.total)
        scheduled = totalDeadline
        mayShare = transfer.endpoint.hasPrefix("https:")
        easy = try EasyHandle()
        try configure(configuration)
        try configure(transfer.request, transfer.takeBody(), userAgent: configuration.userAgent)
        try setCallbacks()
    }

    // MARK: Deadlines

    /// The earliest instant at which a deadline can have passed, as far as known now.
    var due: ContinuousClock.Instant {
        guard isUnderWay, !isPaused else { return totalDeadline }
        return min(totalDeadline, lastActivity.advanced(by: transfer.request.deadlines.idle))
    }

    /// The deadline that has passed, if one has. What was sent meanwhile counts as activity.
    func overdue() -> HTTPClientError? {
        let sent = easy.count(CURLINFO_SIZE_UPLOAD_T)
        if sent > sentBytes {
            sentBytes = sent
            lastActivity = loop.now
        }
        guard due <= loop.now else { return nil }
        return error(.timedOut, due == totalDeadline ? "the total deadline passed" : "the server fell silent")
    }

    // MARK: Pausing

    func resume() {
        guard isPaused else { return }
        isPaused = false
        lastActivity = loop.now
        // Calls the write callback from here if bytes were held back; an error ends the transfer by the usual way.
        unsafe curl_easy_pause(easy.pointer, CURLPAUSE_CONT)
        loop.schedule(self)
    }

    // MARK: The end

    /// What libcurl's verdict means.
    func outcome(of code: CURLcode) -> Result<Void, HTTPClientError> {
        if let refusal { return .failure(refusal) }
        if code == CURLE_OK { return .success(()) }
        let tunnel = easy.integer(CURLINFO_HTTP_CONNECTCODE)
        if !isUnderWay, tunnel >= 300 {
            return .failure(error(.connectFailed, "the proxy refused the tunnel with status \(tunnel)"))
        }
        return .failure(error(.init(code), HTTPClientError.text(for: code, details: easy.errorText)))
    }

    private func error(_ code: HTTPClientError.Code, _ detail: String) -> HTTPClientError {
        HTTPClientError(
            code: code,
            endpoint: transfer.endpoint,
            detail: detail,
            mayHaveBeenSent: isUnderWay
        )
    }

    // MARK: Callbacks

    /// The socket to connect with, or none where the address is not allowed.
    private func openSocket(for address: UnsafePointer<curl_sockaddr>) -> curl_socket_t {
        var bytes = [UInt8](repeating: 0, count: 16)
        let count = unsafe Int(ccurl_address_bytes(address, &bytes))
        guard allows(IPAddress(bytes: bytes.prefix(count))) else { return CURL_SOCKET_BAD }
        return unsafe ccurl_open_socket(address)
    }

    /// Whether the request may be sent to an address; from a refusal on, to none.
    private func allows(_ address: IPAddress?) -> Bool {
        guard let filter = transfer.request.allowedAddresses else { return true }
        if refusal == nil, let address, filter.allows(address) { return true }
        refusal = refusal ?? error(.addressRefused, "the server has an address that is not allowed")
        return false
    }

    /// - Parameter remote: The other end's address; the connection may be one that another request opened.
    /// - Returns: Whether the request may be sent.
    private func beginRequest(_ remote: String) -> Bool {
        guard allows(IPAddress(remote)) else { return false }
        isUnderWay = true
        lastActivity = loop.now
        loop.schedule(self)
        return true
    }

    private func receive(header line: UnsafeRawBufferPointer) -> Int {
        noteActivity()
        switch unsafe parser.take(line: line) {
        case .more: break
        case .complete(let head):
            if mayShare, head.version.hasPrefix("1") {
                mayShare = false
                loop.shared.leave()
            }
            transfer.receive(head)
        case .tooLarge:
            refusal = error(.tooLarge, "the response's headers exceed \(ResponseHeadParser.maximumBytes) bytes")
            return 0
        }
        return line.count
    }

    private func noteActivity() {
        lastActivity = loop.now
        loop.deliveries += 1
    }

    private func receive(body bytes: UnsafeRawBufferPointer) -> Int {
        noteActivity()
        let limit = transfer.request.maximumResponseBytes
        guard receivedBytes + bytes.count <= limit else {
            refusal = error(.tooLarge, "the response exceeds \(limit) bytes")
            return 0
        }
        switch unsafe transfer.receive(bytes) {
        case .taken:
            receivedBytes += bytes.count
            return bytes.count
        case .paused:
            isPaused = true
            return Int(CURL_WRITEFUNC_PAUSE)
        case .refused:
            return 0
        }
    }

    private func setCallbacks() throws(HTTPClientError) {
        let context = unsafe Unmanaged.passUnretained(self).toOpaque()
        try unsafe easy.set(CURLOPT_PRIVATE, context: context)
        try unsafe easy.set(CURLOPT_HEADERDATA, context: context)
        try unsafe easy.set(CURLOPT_WRITEDATA, context: context)
        try unsafe easy.set(CURLOPT_PREREQDATA, context: context)
        try unsafe easy.set(CURLOPT_HEADERFUNCTION) { data, size, count, context in
            guard let active = unsafe ActiveTransfer.at(context) else { return 0 }
            return unsafe active.receive(header: UnsafeRawBufferPointer(start: data, count: size * count))
        }
        try unsafe easy.set(CURLOPT_WRITEFUNCTION) { data, size, count, context in
            guard let active = unsafe ActiveTransfer.at(context) else { return 0 }
            return unsafe active.receive(body: UnsafeRawBufferPointer(start: data, count: size * count))
        }
        try unsafe easy.setBeforeRequest { context, remote, _, _, _ in
            guard let active = unsafe ActiveTransfer.at(context), let remote = unsafe remote else { return 1 }
            return active.beginRequest(unsafe String(cString: remote)) ? 0 : 1
        }
        guard transfer.request.allowedAddresses != nil else { return }
        try unsafe easy.setOpenSocket(
            { context, _, address in
                guard let active = unsafe ActiveTransfer.at(context), let address = unsafe address else {
                    return CURL_SOCKET_BAD
                }
                return unsafe active.openSocket(for: address)
            },
            context: context
        )
    }

    /// The transfer behind a callback's context.
    static func at(_ context: UnsafeMutableRawPointer?) -> ActiveTransfer? {
        guard let context = unsafe context else { return nil }
        return unsafe Unmanaged<ActiveTransfer>.fromOpaque(context).takeUnretainedValue()
    }
}
