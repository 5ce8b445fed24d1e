namespace Norris.Terminal.Commands;

/// <summary>What a line from a person asks for.</summary>
internal enum CommandKind
{
    /// <summary>Send <see cref="Command.Text"/> as a message.</summary>
    Say,

    /// <summary>Leave.</summary>
    Quit,

    /// <summary>List the members.</summary>
    Who,

    /// <summary>Tell about the member named <see cref="Command.Argument"/>.</summary>
    Whois,

    /// <summary>Go by the name <see cref="Command.Argument"/>.</summary>
    Rename,

    /// <summary>Show no messages of the member named <see cref="Command.Argument"/> any more, or show them again; without one, list who is ignored.</summary>
    Ignore,

    /// <summary>Tell who the host is, and who would be next.</summary>
    Host,

    /// <summary>Compare the order with everybody's.</summary>
    Digest,

    /// <summary>Tell what the node counts.</summary>
    Stats,

    /// <summary>Forget what is on the screen.</summary>
    Clear,

    /// <summary>List the commands.</summary>
    Help,

    /// <summary>It makes no sense; <see cref="Command.Argument"/> says why.</summary>
    Rejected,
}

/// <summary>A line from a person, understood.</summary>
/// <param name="Kind">What it asks for.</param>
/// <param name="Text">The message of <see cref="CommandKind.Say"/>, UTF-8; part of the line.</param>
/// <param name="Argument">A name, or what is wrong.</param>
internal readonly record struct Command(CommandKind Kind, ReadOnlyMemory<byte> Text = default, string Argument = "");
