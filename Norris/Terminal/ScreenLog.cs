using System.Text;
using Microsoft.Extensions.Logging;

namespace Norris.Terminal;

/// <summary>
/// Diagnostics for a person whose screen is full: lines among the others, since whatever is written to standard error there would only
/// spoil the picture.
/// </summary>
/// <param name="tell">Takes a line.</param>
internal sealed class ScreenLog(Action<string> tell) : ILoggerProvider, ILogger
{
    /// <inheritdoc/>
    public ILogger CreateLogger(string categoryName) => this;

    /// <inheritdoc/>
    public void Dispose()
    {
    }

    /// <inheritdoc/>
    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    /// <inheritdoc/>
    public bool IsEnabled(LogLevel logLevel) => logLevel != LogLevel.None;

    /// <inheritdoc/>
    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        var line = new StringBuilder($"{logLevel.ToString().ToLowerInvariant()}: {formatter(state, exception)}");
        if (exception is not null)
        {
            line.Append(System.Globalization.CultureInfo.InvariantCulture, $" ({exception.GetType().Name}: {exception.Message})");
        }
        tell(line.ToString());
    }
}
