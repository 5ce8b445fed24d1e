namespace Norris.Terminal.Commands;

/// <summary>What the commands of a person act on: given by whoever runs the node.</summary>
internal sealed record CommandActions
{
    /// <summary>Sends a message, waiting for room; false when the node takes no more. The bytes are the caller's again afterwards.</summary>
    public required Func<ReadOnlyMemory<byte>, CancellationToken, ValueTask<bool>> Send { get; init; }

    /// <summary>Asks for another name, a valid one; false when the node takes no more.</summary>
    public required Func<string, CancellationToken, ValueTask<bool>> Rename { get; init; }

    /// <summary>Answers a command that asks something, in lines without their ends.</summary>
    public required Func<Command, CancellationToken, ValueTask<IReadOnlyList<string>>> Ask { get; init; }

    /// <summary>Forgets what is on the screen.</summary>
    public required Action Clear { get; init; }

    /// <summary>Tells the person one line, without its end.</summary>
    public required Action<string> Notify { get; init; }
}

/// <summary>Carries out the lines of a person, one after the other: a sink for <see cref="Prompt"/> and <see cref="LineReader"/>.</summary>
/// <param name="actions">What to act on.</param>
internal sealed class CommandRunner(CommandActions actions)
{
    /// <summary>Whether the last line was <c>/quit</c>.</summary>
    public bool HasQuit { get; private set; }

    /// <summary>Carries out one line; false when no more lines are wanted.</summary>
    public async ValueTask<bool> RunAsync(ReadOnlyMemory<byte> line, CancellationToken cancellation)
    {
        Command command = CommandParser.Parse(line);
        switch (command.Kind)
        {
            case CommandKind.Say:
                return await actions.Send(command.Text, cancellation);
            case CommandKind.Rename:
                return await actions.Rename(command.Argument, cancellation);
            case CommandKind.Clear:
                actions.Clear();
                return true;
            case CommandKind.Help:
                NotifyAll(CommandParser.Help);
                return true;
            case CommandKind.Quit:
                HasQuit = true;
                return false;
            case CommandKind.Rejected:
                actions.Notify(command.Argument);
                return true;
            default:
                NotifyAll(await actions.Ask(command, cancellation));
                return true;
        }
    }

    private void NotifyAll(IEnumerable<string> lines)
    {
        foreach (string line in lines)
        {
            actions.Notify(line);
        }
    }
}
