/// What reading one document may take and give.
package struct DocumentLimits: Sendable {
    /// Of the file.
    package let inputBytes: Int
    /// Of the text, in UTF-8; more is cut.
    package let outputBytes: Int
    /// Of a PDF; more are cut.
    package let pages: Int
    /// From the call to the text, waiting for other documents included.
    package let time: Duration
    /// Address space of the program that reads it. pandoc needs about 512 MiB to start.
    package let memoryBytes: Int

    package init(
        inputBytes: Int = 33_554_432,
        outputBytes: Int = 2_097_152,
        pages: Int = 1_000,
        time: Duration = .seconds(30),
        memoryBytes: Int = 1_073_741_824
    ) {
        self.inputBytes = inputBytes
        self.outputBytes = outputBytes
        self.pages = pages
        self.time = time
        self.memoryBytes = memoryBytes
    }

    /// What a ZIP archive may say that it unfolds to, pictures included. What it unfolds to in truth is bounded by memory.
    var unfoldedBytes: Int { 8 * inputBytes }
}
