using System.Diagnostics.CodeAnalysis;
using CommandLine;

namespace Norris.Options;

/// <summary>
/// From the arguments of the process to <see cref="ParsedOptions"/>: <see cref="ArgumentScan"/> makes them unambiguous,
/// CommandLineParser binds them, <see cref="OptionsReader"/> checks them. Prints nothing and ends nothing.
/// </summary>
internal static class OptionsParser
{
    /// <summary>Parses a command line.</summary>
    /// <param name="arguments">Without the program's name.</param>
    /// <param name="environment">The value of an environment variable, or null; asked for the login name and the secret only.</param>
    /// <param name="commands">The commands at a terminal, for the manual page: each with what it does.</param>
    /// <remarks>CommandLineParser takes a type whose setters the trimmer removed for an immutable one; hence the dependency.</remarks>
    [DynamicDependency(DynamicallyAccessedMemberTypes.All, typeof(CommandLineOptions))]
    public static ParsedOptions Parse(IReadOnlyList<string> arguments, Func<string, string?> environment, IReadOnlyList<string>? commands = null)
    {
        ArgumentScan scan = ArgumentScan.Of(arguments);
        if (scan.WantsHelp)
        {
            return ParsedOptions.Answer(HelpText.Help);
        }
        if (scan.WantsVersion)
        {
            return ParsedOptions.Answer(HelpText.Version, WantedAnswer.Version);
        }
        if (scan.WantsNewSecret)
        {
            return ParsedOptions.Answer("", WantedAnswer.NewSecret);
        }
        if (scan.WantsManual)
        {
            return ParsedOptions.Answer(ManualPage.Of(HelpText.VersionNumber, commands ?? []));
        }
        var reader = new OptionsReader(scan.Errors);
        CommandLineOptions typed = Bind(scan.Arguments, reader);
        if (typed.Completion is { } shell && ShellCompletion.Shells.Contains(shell) && reader.Errors.Count == 0)
        {
            return ParsedOptions.Answer(ShellCompletion.For(shell));
        }
        NodeOptions? options = reader.Read(typed, environment);
        return options is null ? ParsedOptions.BadUsage(reader.Errors) : ParsedOptions.Run(options);
    }

    private static CommandLineOptions Bind(IReadOnlyList<string> arguments, OptionsReader reader)
    {
        using var parser = new Parser(settings =>
        {
            settings.HelpWriter = null;
            settings.AutoHelp = false;
            settings.AutoVersion = false;
            settings.CaseSensitive = true;
        });
        var bound = new CommandLineOptions();
        parser.ParseArguments(() => new CommandLineOptions(), arguments)
            .WithParsed(parsed => bound = parsed)
            .WithNotParsed(errors =>
            {
                // The scan leaves it nothing to refuse; if it does all the same, its own word for it is better than silence.
                foreach (Error error in errors)
                {
                    string name = (error as NamedError)?.NameInfo.NameText ?? (error as TokenError)?.Token ?? "command line";
                    reader.Report($"{UsageError.Shown(name)}: cannot be read ({error.Tag}); norris --help lists the options");
                }
            });
        return bound;
    }
}
