using System.Diagnostics.CodeAnalysis;

namespace Norris.Options;

/// <summary>What came of the command line: options to run with, or an outcome that the process ends with at once.</summary>
internal sealed record ParsedOptions
{
    private ParsedOptions(NodeOptions? options, FinishedOutcome? finished) => (Options, Finished) = (options, finished);

    /// <summary>What to run with; null when <see cref="Finished"/> is there.</summary>
    public NodeOptions? Options { get; }

    /// <summary>What to end with; null when <see cref="Options"/> is there.</summary>
    public FinishedOutcome? Finished { get; }

    /// <summary>Whether there is a node to run; one of the two properties is there accordingly.</summary>
    [MemberNotNullWhen(true, nameof(Options))]
    [MemberNotNullWhen(false, nameof(Finished))]
    public bool IsRunnable => Options is not null;

    /// <summary>A node is to run.</summary>
    public static ParsedOptions Run(NodeOptions options) => new(options, null);

    /// <summary>What was asked for is an answer on standard output.</summary>
    public static ParsedOptions Answer(string text, WantedAnswer wanted = WantedAnswer.Text) =>
        new(null, new FinishedOutcome(text, IsError: false, ExitStatus: 0, wanted));

    /// <summary>The command line makes no sense: one line a mistake.</summary>
    public static ParsedOptions BadUsage(IEnumerable<string> errors) =>
        new(null, new FinishedOutcome(string.Concat(errors.Select(error => $"norris: {error}\n")), IsError: true, ExitStatus: 2));
}

/// <summary>An end that was reached by reading the command line alone.</summary>
/// <param name="Text">What to print, with its line ends.</param>
/// <param name="IsError">Whether it goes to standard error, not to standard output.</param>
/// <param name="ExitStatus">0, or 2 for bad usage.</param>
/// <param name="Wanted">What is still to be added, by who knows it.</param>
internal sealed record FinishedOutcome(string Text, bool IsError, int ExitStatus, WantedAnswer Wanted = WantedAnswer.Text);

/// <summary>What was asked for, when it was not to run.</summary>
internal enum WantedAnswer
{
    /// <summary>The text, and nothing more.</summary>
    Text,

    /// <summary>The version: the text, and what the program is linked with.</summary>
    Version,

    /// <summary>A new secret.</summary>
    NewSecret,
}
