*** Settings ***
Documentation       What test suites rely on in a node's processes: exit statuses, signals, groups, and /proc.
Library             Process
Library             OperatingSystem
Library             Collections
Library             Proc
Test Teardown       Terminate All Processes    kill=True
Test Timeout        60 seconds

*** Test Cases ***
Exit Statuses Arrive As They Were
    [Template]    The Shell Ends With
    0
    1
    77
    127
    255

A Missing Program Is Not Started
    Run Keyword And Expect Error    *No such file or directory*    Run Process    /nowhere/no-such-program

A Signal Is Told From A Status
    ${process} =    Start Process    sleep    60
    Send Signal To Process    SIGTERM
    ${result} =    Wait For Process    timeout=30s    on_timeout=kill
    Should Be Equal As Integers    ${result.rc}    -15

A Process That Ignores TERM Ends With KILL
    ${process} =    Start Process    sh    -c    trap '' TERM; echo ready; while :; do sleep 0.1; done
    ...    stdout=ready.txt
    Wait Until Keyword Succeeds    20s    50ms    File Should Hold    ready.txt    ready
    Send Signal To Process    SIGTERM
    ${result} =    Wait For Process    timeout=300ms    on_timeout=continue
    Should Be Equal    ${result}    ${None}
    Send Signal To Process    SIGKILL
    ${result} =    Wait For Process    timeout=30s
    Should Be Equal As Integers    ${result.rc}    -9

Output Streams Stay Apart
    ${result} =    Run Process    sh    -c    echo to stdout; echo to stderr >&2
    Should Be Equal    ${result.stdout}    to stdout
    Should Be Equal    ${result.stderr}    to stderr

A Megabyte Of Output Arrives Whole
    ${result} =    Run Process    sh    -c    seq -f %063.0f 16384    stdout=megabyte.txt
    Should Be Equal As Integers    ${result.rc}    0
    ${size} =    Get File Size    megabyte.txt
    Should Be Equal As Integers    ${size}    1048576

Proc Knows A Child
    ${process} =    Start Process    sleep    60    cwd=/    env:SORTIE_MARK=a mark
    ${pid} =    Get Process Id
    ${me} =    Own Process Id
    ${parent} =    Parent Of    ${pid}
    Should Be Equal As Integers    ${parent}    ${me}
    Wait Until Keyword Succeeds    20s    50ms    It Should Have Become    ${pid}    sleep    60
    ${folder} =    Folder Of    ${pid}
    Should Be Equal    ${folder}    /
    ${environment} =    Environment Of    ${pid}
    Dictionary Should Contain Item    ${environment}    SORTIE_MARK    a mark
    Directory Should Exist    /proc/${pid}/fd

A Stopped Process Says So
    ${process} =    Start Process    sleep    60
    ${pid} =    Get Process Id
    Send Signal To Process    SIGSTOP
    Wait Until Keyword Succeeds    20s    50ms    It Should Be In State    ${pid}    T
    Send Signal To Process    SIGCONT
    Wait Until Keyword Succeeds    20s    50ms    It Should Be In State    ${pid}    S

A Group Goes Down Together
    ${process} =    Start Process    sh    -c    sleep 60 & echo $!; wait    stdout=child.txt
    ${pid} =    Get Process Id
    Wait Until Keyword Succeeds    20s    50ms    File Should Hold    child.txt    \n
    ${child} =    Get File    child.txt
    ${group} =    Group Of    ${child}
    Should Be Equal As Integers    ${group}    ${pid}
    Send Signal To Process    SIGKILL    group=True
    Wait For Process    timeout=30s
    Wait Until Keyword Succeeds    20s    50ms    Should Not Exist As Process    ${child}

An Orphan Is Adopted
    ${process} =    Start Process    sh    -c    sleep 60 & echo $!    stdout=orphan.txt    stderr=orphan.err
    ${pid} =    Get Process Id
    Wait For Process    timeout=30s
    ${orphan} =    Get File    orphan.txt
    ${parent} =    Parent Of    ${orphan}
    Should Not Be Equal As Integers    ${parent}    ${pid}
    Run Process    kill    -KILL    ${{ $orphan.strip() }}
    Wait Until Keyword Succeeds    20s    50ms    Should Not Exist As Process    ${orphan}

A New Session Leaves The Old One
    ${process} =    Start Process    sh    -c    setsid sleep 60 & echo $!; wait    stdout=session.txt
    Wait Until Keyword Succeeds    20s    50ms    File Should Hold    session.txt    \n
    ${pid} =    Get File    session.txt
    Wait Until Keyword Succeeds    20s    50ms    It Should Have Become    ${pid}    sleep    60
    ${session} =    Session Of    ${pid}
    ${group} =    Group Of    ${pid}
    Should Be Equal As Integers    ${session}    ${pid}
    Should Be Equal As Integers    ${group}    ${pid}
    [Teardown]    Run Keywords
    ...    Run Process    kill    -KILL    ${{ $pid.strip() }}    AND
    ...    Terminate All Processes    kill=True

*** Keywords ***
The Shell Ends With
    [Arguments]    ${status}
    ${result} =    Run Process    sh    -c    exit ${status}
    Should Be Equal As Integers    ${result.rc}    ${status}

File Should Hold
    [Arguments]    ${path}    ${text}
    ${content} =    Get File    ${path}
    Should Contain    ${content}    ${text}

It Should Be In State
    [Arguments]    ${pid}    ${expected}
    ${state} =    State Of    ${pid}
    Should Be Equal    ${state}    ${expected}

It Should Have Become
    [Arguments]    ${pid}    @{expected}
    ${arguments} =    Arguments Of    ${pid}
    Lists Should Be Equal    ${arguments}    ${expected}
