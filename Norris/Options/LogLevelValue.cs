using Microsoft.Extensions.Logging;

namespace Norris.Options;

/// <summary>A level of diagnostics as it is typed: its name or a common short form, in any case.</summary>
internal static class LogLevelValue
{
    /// <summary>What <see cref="TryParse"/> accepts.</summary>
    public const string Accepted = "one of trace, debug, information, warning, error, critical, none";

    /// <summary>Reads a level; false for anything else.</summary>
    public static bool TryParse(string text, out LogLevel level)
    {
        (bool known, level) = text.ToLowerInvariant() switch
        {
            "trace" or "trce" or "verbose" => (true, LogLevel.Trace),
            "debug" or "dbug" or "dbg" => (true, LogLevel.Debug),
            "information" or "info" => (true, LogLevel.Information),
            "warning" or "warn" => (true, LogLevel.Warning),
            "error" or "err" or "fail" => (true, LogLevel.Error),
            "critical" or "crit" or "fatal" => (true, LogLevel.Critical),
            "none" or "off" or "quiet" => (true, LogLevel.None),
            _ => (false, LogLevel.None),
        };
        return known;
    }
}
