package import Cryptography
package import HTTP
import JSON

/// Turns recorded speech into text at an OpenAI-compatible endpoint (API reference, "Create transcription").
package struct TranscriptionModel: Sendable {
    package struct Configuration: Sendable {
        /// `https://host/v1`; `/audio/transcriptions` is appended unless it is there.
        package var baseURL: String
        /// Nil or empty for servers without keys.
        package var apiKey: Secret?
        package var model: String
        /// Of one recording, upload and listening together.
        package var timeout: Duration
        /// The largest recording, in bytes; OpenAI takes 25 MB.
        package var maximumBytes: Int

        package init(
            baseURL: String,
            apiKey: Secret?,
            model: String,
            timeout: Duration = .seconds(120),
            maximumBytes: Int = 25_000_000
        ) {
            self.baseURL = baseURL
            self.apiKey = apiKey
            self.model = model
            self.timeout = timeout
            self.maximumBytes = maximumBytes
        }
    }

    private let configuration: Configuration
    private let http: any HTTPTransport

    package init(configuration: Configuration, http: any HTTPTransport) {
        self.configuration = configuration
        self.http = http
    }

    package var name: String { configuration.model }

    /// What is said in a recording; empty where nothing is.
    ///
    /// `fileName` tells the endpoint the format by its ending, such as `voice.opus`; `language` is a hint, such as `zh`.
    /// Throws `tooLarge` beyond the bound without asking, and what the endpoint's failures stand for otherwise; nothing is
    /// tried again here.
    package func text(
        of recording: [UInt8],
        fileName: String,
        language: String? = nil
    ) async throws(LanguageModelError) -> String {
        guard recording.count <= configuration.maximumBytes else {
            throw LanguageModelError(code: .tooLarge, model: name)
        }
        var form = UploadForm(avoiding: recording)
        form.add("model", configuration.model)
        form.add("response_format", "json")
        if let language { form.add("language", language) }
        form.add("file", fileName: fileName, recording)
        let response: HTTPClientResponse
        do {
            response = try await http.execute(request(form))
        } catch {
            throw LanguageModelError(error, beforeResponse: true, model: name)
        }
        guard response.status == 200 else {
            let wait = RetryAfter.parse(
                milliseconds: response.header(named: "retry-after-ms"),
                value: response.header(named: "retry-after").flatMap { Double($0) == nil ? nil : $0 },
                now: 0
            )
            throw VendorError(body: Array(response.body.prefix(64 << 10)))
                .error(status: response.status, model: name, retryAfter: wait)
        }
        guard let text = (try? JSONValue(parsing: response.body))?["text"]?.string else {
            throw LanguageModelError(code: .badResponse, model: name, status: 200)
        }
        return text.trimmingBlanks
    }

    private func request(_ form: UploadForm) -> HTTPClientRequest {
        var url = configuration.baseURL[...]
        while url.hasSuffix("/") { url.removeLast() }
        var headers = [("Content-Type", form.contentType), ("Accept", "application/json")]
        if let key = configuration.apiKey, !key.isEmpty { headers.append(("Authorization", "Bearer " + key.value)) }
        return HTTPClientRequest(
            method: "POST",
            url: url.hasSuffix("/audio/transcriptions") ? String(url) : url + "/audio/transcriptions",
            headers: headers,
            body: form.body,
            deadlines: .init(idle: configuration.timeout, total: configuration.timeout),
            maximumResponseBytes: 4 << 20
        )
    }
}

extension String {
    /// Without blanks and line ends around it.
    fileprivate var trimmingBlanks: String {
        let start = drop(while: \.isWhitespace)
        guard let last = start.lastIndex(where: { !$0.isWhitespace }) else { return "" }
        return String(start[...last])
    }
}
