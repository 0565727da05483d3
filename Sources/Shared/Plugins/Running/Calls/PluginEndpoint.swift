package import Cryptography
import HTTP

/// Where a plugin is reached, and how we show that we are we.
package struct PluginEndpoint: Sendable {
    /// Scheme, host and port.
    let origin: String
    /// What comes before the contract's paths.
    let basePath: String
    let secret: Secret
    let addresses: any AddressFilter
    /// Happens when its process ends; nil where it has none of ours.
    let end: Occurrence<String>?

    /// A service.
    ///
    /// - Parameters:
    ///   - url: Where it is.
    ///   - secret: What we and the service share.
    ///   - addresses: Where services may be.
    package init(_ url: ServiceURL, secret: Secret, addresses: AddressPolicy) {
        origin = url.origin
        basePath = url.path
        self.secret = secret
        self.addresses = addresses
        end = nil
    }

    /// A child process.
    init(port: Int, secret: Secret, end: Occurrence<String>) {
        origin = "http://127.0.0.1:\(port)"
        basePath = ""
        self.secret = secret
        addresses = LoopbackOnly()
        self.end = end
    }

    /// A signed request.
    ///
    /// - Parameters:
    ///   - method: `GET` or `POST`.
    ///   - path: One of the contract's.
    ///   - body: Nil for a GET.
    ///   - requestID: For the plugin's log; empty where there is none.
    ///   - idempotencyKey: Empty where there is none.
    ///   - timestamp: Now, in seconds since 1970.
    /// - Returns: The request, without deadlines and bounds of its own.
    func request(
        _ method: String,
        _ path: String,
        body: [UInt8]? = nil,
        requestID: String = "",
        idempotencyKey: String = "",
        timestamp: Int64
    ) -> HTTPClientRequest {
        let signature = PluginSignature.value(
            secret: secret,
            timestamp: timestamp,
            method: method,
            path: basePath + path,
            idempotencyKey: idempotencyKey,
            body: body ?? []
        )
        var headers: [(String, String)] = [
            ("Accept", "application/json"),
            (PluginSignature.Header.contract, "\(PluginManifest.contractVersion)"),
            (PluginSignature.Header.timestamp, "\(timestamp)"),
            (PluginSignature.Header.signature, signature),
        ]
        if body != nil { headers.append(("Content-Type", "application/json")) }
        if !requestID.isEmpty { headers.append((PluginSignature.Header.requestID, requestID)) }
        if !idempotencyKey.isEmpty { headers.append((PluginSignature.Header.idempotencyKey, idempotencyKey)) }
        return HTTPClientRequest(
            method: method,
            url: origin + basePath + path,
            headers: headers,
            body: body,
            allowedAddresses: addresses
        )
    }
}
