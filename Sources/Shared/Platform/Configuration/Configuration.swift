package import Cryptography
package import Logging

/// The configuration of a process: one immutable value per component, checked as a whole.
package struct Configuration: Sendable {
    /// The ingress.
    package struct Gateway: Sendable {
        /// A certificate and its key, both as paths of PEM files.
        package struct TLS: Sendable {
            package let certificate: String
            package let privateKey: String
        }

        package let host: String
        /// 0 takes a free port.
        package let port: Int
        /// nil: plain HTTP.
        package let tls: TLS?
        package let maximumConnections: Int
        package let maximumBodyBytes: Int
        package let maximumHeaderBytes: Int
        package let headerTimeout: Duration
        package let bodyTimeout: Duration
        package let idleTimeout: Duration
        /// How long Redis may take to confirm an event before the answer is 503.
        package let enqueueTimeout: Duration
        package let gracePeriod: Duration
    }

    /// What must be confirmed before an event is acknowledged.
    package enum Durability: String, Sendable {
        case async, replicated, fsync
    }

    /// Redis and the pool of connections to it.
    package struct Redis: Sendable {
        /// The URL, which may hold a password.
        package let url: Secret
        /// What all keys and channels begin with.
        package let keyPrefix: String
        package let durability: Durability
        package let maximumConnections: Int
        package let connectionTimeout: Duration
    }

    /// In what form what tasks carry stands in Redis.
    package struct Payload: Sendable {
        /// The file with the keys that encrypt it; nil where it is readable.
        package let keysFile: String?
        /// Bytes over which it is compressed; 0 for never.
        package let compressOver: Int
        /// Bytes over which it goes to a key of its own; 0 for never.
        package let asideOver: Int
    }

    /// Feishu's API and the apps of ours that it knows.
    package struct Feishu: Sendable {
        /// One app's credentials.
        package struct App: Sendable {
            package let appID: String
            /// Needed to call Feishu, not to receive from it.
            package let appSecret: Secret?
            package let encryptKey: Secret?
            package let verificationToken: Secret?
        }

        package let baseURL: String
        /// The first is the default app.
        package let apps: [App]
        package let limits: Limits
    }

    /// The process that runs jobs.
    package struct Worker: Sendable {
        package enum QueueOrder: String, Sendable {
            /// Each queue gets twice the places of the next.
            case weighted
            /// The later may starve.
            case strict
        }

        /// Most urgent first.
        package let queues: [String]
        /// How they share the places where jobs are many.
        package let queueOrder: QueueOrder
        package let concurrency: Int
        /// Between how many and how many at once it scales itself; nil where `concurrency` holds.
        package let autoscale: ClosedRange<Int>?
        /// 1: no supervisor.
        package let processes: Int
        package let gracePeriod: Duration
        package let lease: Duration
        package let visibilityTimeout: Duration
        /// How often a task without a job here is put back for others.
        package let unknownTaskRequeues: Int
        /// Where health and metrics are served.
        package let host: String
        /// 0: nowhere.
        package let port: Int
    }

    /// What is logged and how.
    package struct Log: Sendable {
        package enum Format: String, Sendable {
            case json, text
        }

        package let level: Logger.Level
        package let format: Format

        package init(level: Logger.Level = .info, format: Format = .json) {
            self.level = level
            self.format = format
        }
    }

    package let gateway: Gateway
    package let administration: Administration
    package let plugins: Plugins
    package let redis: Redis
    package let payload: Payload
    package let feishu: Feishu
    /// Never empty.
    package let modelProviders: [ModelProvider]
    package let models: Models
    /// Those whose tools the model may use.
    package let toolServers: [ToolServer]
    package let worker: Worker
    package let remoteControl: RemoteControl
    package let results: Results
    package let log: Log
    package let assistant: Assistant
    package let knowledge: Knowledge
    package let minutes: Minutes
    package let automation: Automation
    /// What is enqueued again and again.
    package let schedules: [Schedule]
    /// Every setting in force and where it came from.
    package let effective: [EffectiveSetting]
}
