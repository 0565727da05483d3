/// Names of the gateway's log metadata.
enum LogKey {
    static let appID = "app_id"
    static let reason = "reason"
    static let error = "error"
    static let address = "address"
    static let host = "host"
    static let port = "port"
    static let graceSeconds = "grace_seconds"
    static let tls = "tls"
    static let path = "path"
}
