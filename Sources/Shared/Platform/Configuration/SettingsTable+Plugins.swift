extension Setting {
    /// Plugins: what they may do here.
    static let plugins: [Setting] = [
        Setting(
            "plugins.enabled",
            "PLUGINS_ENABLED",
            .flag,
            default: "true",
            "Whether this worker runs and calls plugins."
        ),
        Setting(
            "plugins.key",
            "PLUGINS_KEY",
            .text,
            secrecy: .secret,
            "Encrypts secrets of plugins and second steps in Redis: 32 bytes, as base64 or 64 hexadecimal digits."
        ),
        Setting(
            "plugins.directory",
            "PLUGINS_DIRECTORY",
            .text,
            default: "/var/lib/ai-assistant/plugins",
            "Folder into which a worker unpacks plugins; it can be emptied while the worker stands."
        ),
        Setting(
            "plugins.user",
            "PLUGINS_USER",
            .name,
            default: "nobody",
            "User as whom plugins run where the worker is root."
        ),
        Setting(
            "plugins.sandbox",
            "PLUGINS_SANDBOX",
            .choice(["auto", "required"]),
            default: "auto",
            "Where the kernel has no Landlock: auto: plugins run, and may read what their user may; required: none runs."
        ),
        Setting(
            "plugins.readable",
            "PLUGINS_READABLE",
            .words,
            "Files and folders that plugins may read and run besides the system's programs, such as /opt/python."
        ),
        Setting(
            "plugins.cpu",
            "PLUGINS_CPU",
            .number(0...1_024),
            default: "1",
            "Processors that a plugin may use on average, fractions allowed; 0: all."
        ),
        Setting(
            "plugins.allowed_networks",
            "PLUGINS_ALLOWED_NETWORKS",
            .words,
            "Private networks (CIDR) in which plugins that are services may be; none: public addresses only."
        ),
    ]
}
