namespace Norris.Terminal;

/// <summary>What the commands of a person act on: given by whoever runs the node.</summary>
internal sealed record CommandActions
{
    /// <summary>Sends a message, waiting for room; false when the node takes no more. The bytes are the caller's again afterwards.</summary>
    public required Func<ReadOnlyMemory<byte>, CancellationToken, ValueTask<bool>> Send { get; init; }

    /// <summary>Asks for another name, a valid one; false when the node takes no more.</summary>
    public required Func<string, CancellationToken, ValueTask<bool>> Rename { get; init; }

    /// <summary>Prints who is here (<see cref="Node.Delivery.TextEventWriter.WriteMembers"/>), on the thread that has the roster.</summary>
    public required Func<CancellationToken, ValueTask> ShowMembers { get; init; }

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
            case CommandKind.Who:
                await actions.ShowMembers(cancellation);
                return true;
            case CommandKind.Help:
                foreach (string help in CommandParser.Help)
                {
                    actions.Notify(help);
                }
                return true;
            case CommandKind.Quit:
                HasQuit = true;
                return false;
            default:
                actions.Notify(command.Argument);
                return true;
        }
    }
}
