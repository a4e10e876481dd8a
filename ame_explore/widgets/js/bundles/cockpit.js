// Built by ame_explore/widgets/js/build.js; sources: sha256 198b8b3cf6ac9875fc4e8f064a9203129474d900ceafd0b7b78de432d0d0af2f
var M=()=>(performance.timeOrigin+performance.now())/1e3;function V(r,t){let e=null,s=null,i=()=>{if(e=null,!s)return;let a=s;
s=null,r(...a),e=setTimeout(i,t)};return(...a)=>{if(e!==null){s=a;return}r(...a),e=setTimeout(i,t)}}var Yt=.4,Ke=3,Ue={f4:Float32Array,i4:Int32Array,u1:Uint8Array};function Ct(r,t){if(Array.isArray(r))return r.map(e=>Ct(
e,t));if(r===null||typeof r!="object")return r;if("buffer"in r&&"dtype"in r){let e=t[r.buffer],i=ArrayBuffer.isView(e)?e.
buffer.slice(e.byteOffset,e.byteOffset+e.byteLength):e.slice(0);return Object.assign(new Ue[r.dtype](i),{shape:r.shape})}
return Object.fromEntries(Object.entries(r).map(([e,s])=>[e,Ct(s,t)]))}var Pt=class{constructor(t){this.model=t,this.page=
Array.from({length:4},()=>Math.random().toString(36).slice(2,8)).join(""),this.views=new Set,this.kept={},this.frame=null,
this.waiting=null,this.oldest=0,this.drawnAge=0,this.drawMs=0,this.there=!1,this.left=!0,this.gone=!1,this.low=-1/0,this.
high=1/0,this.heardAt=this.freshAt=M(),this.pingedAt=-1/0,this.onMessage=(e,s)=>this.receive(e,s),t.on("msg:custom",this.
onMessage),this.onVisible=()=>this.look(),document.addEventListener("visibilitychange",this.onVisible),this.timer=setInterval(
()=>this.watch(),500)}close(){clearInterval(this.timer),document.removeEventListener("visibilitychange",this.onVisible),
this.model.off("msg:custom",this.onMessage),this.send({type:"away",left:!0})}send(t){try{this.model.send({...t,page:this.
page,t:M()}),this.gone=!1}catch{this.gone=!0}}tell(t){this.send(t)}mount(t){this.views.add(t),t.seen=!0;let e=new IntersectionObserver(
i=>{t.seen=i[i.length-1].isIntersecting,this.look()},{rootMargin:"300px"});e.observe(t.el);for(let[i,a]of Object.entries(
this.kept))t.retained?.(i,a);this.frame&&!(this.frame.moving&&this.age(this.frame)>Yt)&&t.draw(this.frame);let s=this.there;
return this.look(),s&&this.tell({type:"ready",have:this.have()}),()=>{e.disconnect(),this.views.delete(t),this.look()}}have(){
return Object.fromEntries(Object.entries(this.kept).map(([t,e])=>[t,e.retained]))}look(){let t=[...this.views],e=!document.
hidden&&t.some(a=>a.seen&&a.el.isConnected),s=!t.some(a=>a.el.isConnected);if(e===this.there&&s===this.left)return;let i=e&&
!this.there;[this.there,this.left]=[e,s],!(e&&!i)&&(this.heardAt=this.freshAt=M(),this.tell(e?{type:"ready",have:this.have()}:
{type:"away",left:s}))}watch(){if(this.look(),!this.there)return;let t=M()-this.heardAt;t>(this.frame?.moving?1:4)&&M()-
this.pingedAt>=1&&(this.pingedAt=M(),this.tell({type:"ping",have:this.have()}));for(let e of this.views)e.silent?.(t>8||
this.gone?t:0,this.gone)}receive(t,e=[]){if(this.heardAt=M(),t.type==="hello"){let{page:i,t:a,time:n}=t;i===this.page&&(this.
high=Math.min(this.high,n-a));return}let s=Ct(t,e);if(t.type==="frame"){this.low=Math.max(this.low,s.time-M());let i=s.heard[this.
page];i&&(this.high=Math.min(this.high,i[1]-i[0])),this.low>this.high&&([this.low,this.high]=[s.time-M(),1/0]);let a=this.
waiting!==null;this.waiting=s,a||requestAnimationFrame(()=>this.paint())}else if(t.retained){this.kept[t.type]=s;for(let i of this.
views)i.retained?.(t.type,s)}else for(let i of this.views)i.message?.(s,e)}age(t){let e=Number.isFinite(this.high)?(this.
low+this.high)/2:this.low;return Math.max(0,M()+e-t.time)}paint(){let t=this.waiting;if(this.waiting=null,!t||!this.there)
return;let e=M(),s=this.age(t),i=s>Yt,a=i&&e-this.freshAt<Ke;if(!a){i||(this.freshAt=e),this.frame=t,this.drawnAge=s;for(let n of this.
views)try{n.draw(t),n.late?.(i?s:0)}catch(h){console.error("ame_explore: a view could not be drawn",h)}this.drawMs=1e3*(M()-
e)}this.oldest=Math.max(this.oldest,a?0:s),!(!t.ask&&!a)&&(this.tell({type:"ack",n:t.n,age_ms:1e3*(a?s:this.oldest),stale:a}),
this.oldest=0)}};function Gt(r){return()=>{let t;return{initialize({model:e}){return t=new Pt(e),()=>t.close()},render({
el:e}){let s=r(t,e),i=t.mount(s);return()=>{i(),s.close?.()}}}}}var X=null;function Q(r){X?X.push(r):r()}function Jt(r){let t=X,e=X=[];try{r()}finally{X=t}for(let s of e)s()}var Nt=new WeakMap,
Xt;function B(r){Xt??=new ResizeObserver(h=>{for(let{target:l}of h)Nt.set(l,[l.clientWidth,l.clientHeight]),l.dispatchEvent(
new Event("ame-size",{bubbles:!0}))});let t=Math.min(2,window.devicePixelRatio||1),e=Nt.get(r);e||(Xt.observe(r),Nt.set(
r,e=[r.clientWidth,r.clientHeight]));let[s,i]=e,[a,n]=[Math.round(s*t),Math.round(i*t)];return(r.width!==a||r.height!==n)&&
(r.width=a,r.height=n),{width:s,height:i,scale:t}}function $(r,t){return r.getContext("2d",t)}var He=new Set(["svg","path"]),Vt={text:"textContent",value:"value",checked:"checked"};function o(r,t={},...e){let s=He.
has(r)?"http://www.w3.org/2000/svg":"http://www.w3.org/1999/xhtml",i=document.createElementNS(s,r);i.append(...e.flat(1/0).
filter(a=>a!=null&&a!==!1));for(let[a,n]of Object.entries(t))n==null||n===!1||(a.startsWith("on")?i.addEventListener(a.slice(
2),n):a in Vt?i[Vt[a]]=n:i.setAttribute(a,n===!0?"":String(n)));return i}function x(r,t){r.textContent!==t&&(r.textContent=
t)}function v(r,t){r.hidden===t&&(r.hidden=!t)}function K(){let r=document.body.dataset.jpThemeLight;return r!==void 0?r===
"false":document.body.classList.contains("vscode-dark")}var Ye=0,Z=()=>`ame-${Math.random().toString(36).slice(2,9)}-${Ye+=
1}`;var Ot=r=>r.replaceAll("-","−");function U(r,t=3,{signed:e=!1,fine:s=!1}={}){if(typeof r!="number"||!Number.isFinite(r))
return"–";let i;return s&&r!==0&&Math.abs(r)<.1?i=Math.floor(Math.log10(Number(Math.abs(r).toPrecision(2))))<-4?r.toExponential(
1).replace(/e([+-])(\d)$/,"e$10$2"):r.toPrecision(2):i=s&&r===0?"0.0":r.toFixed(t||(Number.isInteger(r)?0:1)),Number(i)===
0?i.replace("-",""):(t===0&&!s&&(i=i.replace(/\B(?=(\d{3})+($|\.))/g,",")),Ot(e&&r>0?`+${i}`:i))}function Ge(r,t=3,{signed:e=!1}={}){
if(typeof r!="number"||!Number.isFinite(r))return"–";if(r===0)return"0";let[s,i]=r.toExponential(t-1).split("e"),a=t-1-
Number(i),n=a>=-3&&a<=t+2?r.toFixed(Math.max(a,0)):`${s}e${Number(i)}`;return Ot(e&&r>0?`+${n}`:n)}function P(r){return r==
null||r===""?"–":typeof r!="number"?String(r):Number.isInteger(r)&&Math.abs(r)<1e6?Ot(String(r)):Ge(r)}var Qt=r=>r.toExponential(
0).replace("e+","e").replaceAll("-","−");function Lt(r,t){let e=t.length>1?Math.abs(t[1]-t[0]):Math.abs(r)||1;return r!==
0&&(Math.abs(r)<.001||Math.abs(r)>=1e4)?Qt(r):r.toFixed(Math.max(0,Math.min(4,-Math.floor(Math.log10(e)+1e-9)))).replace(
"-","−")}var Zt=r=>r>=.001&&r<1e4?String(Number(r.toPrecision(1))):Qt(r),J=r=>r===null?"default":r===!0?"on":r===!1?"o\
ff":String(typeof r=="number"?Number(r.toPrecision(4)):r);var te=["#0072B2","#D55E00","#009E73","#CC79A7","#56B4E9","#E69F00"],Xe=["#5AB0EE","#FF8F45","#3CC79B","#E39BC4","#9BD3F\
5","#F0B93A"],ee=[[],[6,3],[2,2.5],[7,3,2,3],[12,4],[12,3,3,3]],se=["circle","diamond","square","triangle","x","cross"],
O=r=>(K()?Xe:te)[r%te.length],tt=r=>ee[r%ee.length],et=r=>se[r%se.length],ie=new Set(["ame","share.ame"]);var ae=["circle","diamond","square","triangle","cross","triangle-down","pentagon","bar","hexagon","x"],ne=r=>ae[r%ae.length];
function Je(r,t,e,s,i){let a=c=>{r.beginPath(),c.forEach(([d,p],m)=>r[m?"lineTo":"moveTo"](e+d*i,s+p*i)),r.closePath()},
n=(c,d,p=1)=>Array.from({length:c},(m,u)=>{let g=d+2*Math.PI*u/c;return[p*Math.cos(g),p*Math.sin(g)]}),h=c=>[[-c,-1],[c,
-1],[c,-c],[1,-c],[1,c],[c,c],[c,1],[-c,1],[-c,c],[-1,c],[-1,-c],[-c,-c]];t==="circle"?(r.beginPath(),r.arc(e,s,.92*i,0,
2*Math.PI)):t==="diamond"?a([[0,-1.1],[.95,0],[0,1.1],[-.95,0]]):t==="square"?a([[-.82,-.82],[.82,-.82],[.82,.82],[-.82,
.82]]):t==="triangle"?a(n(3,-Math.PI/2,1.15)):t==="triangle-down"?a(n(3,Math.PI/2,1.15)):t==="cross"?a(h(.38)):t==="x"?a(
(c=>c.map(([d,p])=>[(d-p)*Math.SQRT1_2,(d+p)*Math.SQRT1_2]))(h(.36))):t==="pentagon"?a(n(5,-Math.PI/2,1.05)):t==="hexago\
n"?a(n(6,0,1.05)):t==="bar"?a([[-1.05,-.5],[1.05,-.5],[1.05,.5],[-1.05,.5]]):t==="star"&&a(Array.from({length:10},(c,d)=>{
let p=-Math.PI/2+Math.PI*d/5,m=d%2?.48:1.15;return[m*Math.cos(p),m*Math.sin(p)]}))}var Ve={cross:[[-1,0,1,0],[0,-1,0,1]],
x:[[-.8,-.8,.8,.8],[-.8,.8,.8,-.8]]};function L(r,{shape:t,color:e,filled:s,halo:i,inside:a,edge:n=.55},h,l,c){let d=Ve[t];
if(!s&&d){r.lineCap="round";for(let{style:p,width:m}of[{style:i,width:(.2+n)*c},{style:e,width:Math.max(1.2,.32*c)}])if(p){
r.strokeStyle=p,r.lineWidth=m,r.beginPath();for(let[u,g,f,b]of d)r.moveTo(h+u*c,l+g*c),r.lineTo(h+f*c,l+b*c);r.stroke()}
return}Je(r,t,h,l,c),i&&(r.lineWidth=n*c,r.strokeStyle=i,r.stroke()),s?(r.fillStyle=e,r.fill()):(r.fillStyle=a||i||"tran\
sparent",r.fill(),r.lineWidth=Math.max(1.2,.36*c),r.strokeStyle=e,r.stroke())}function Dt(r,t,e=1){let s=Math.ceil(t*1.6)+
1,i=2*s+1,a=document.createElement("canvas");a.width=a.height=i;let n=$(a,{willReadFrequently:!0});L(n,r,s+.5,s+.5,t);let{
data:h}=n.getImageData(0,0,i,i),l=[],c=[],d=[],p=[],m=[];for(let u=0;u<i*i;u++){let g=Math.round(h[4*u+3]/255*32*e);g&&(l.
push(u%i-s),c.push(Math.floor(u/i)-s),d.push(h[4*u]|h[4*u+2]<<16),p.push(h[4*u+1]<<8),m.push(g))}return{half:s,dx:Int32Array.
from(l),dy:Int32Array.from(c),rb:Int32Array.from(d),g:Int32Array.from(p),a:Int32Array.from(m)}}function Bt(r,t,e,s,i,a){
let{half:n,dx:h,dy:l,rb:c,g:d,a:p}=s,m=Math.round(i),u=Math.round(a);if(m<n||u<n||m>=t-n||u>=e-n)return;let g=u*t+m;for(let f=0;f<
p.length;f++){let b=g+l[f]*t+h[f],k=r[b],y=32-p[f],w=(k&16711935)*y+c[f]*p[f]>>>5&16711935,S=(k&65280)*y+d[f]*p[f]>>>5&65280;
r[b]=4278190080|w|S}}function oe(r){let t=document.createElement("canvas");t.width=t.height=1;let e=$(t);return e.fillStyle=
r,e.fillRect(0,0,1,1),e.getImageData(0,0,1,1).data}var R={},re=r=>Object.assign(R,r);function Rt(r,t){let e=R[r];return e?U(t,e.decimals,{fine:e.fine}):P(t)}function he(r,t,e){let s=t-r;if(!(s>0))return[r];let i=s/e,a=10**Math.floor(Math.log10(i)),n=a*[1,2,5,10].find(l=>l*a>=i*
.999),h=[];for(let l=Math.ceil(r/n-1e-9)+0;l*n<=t+1e-9*s;l++)h.push(l*n);return h}function le(r,t){let e=[];for(let i=Math.
floor(Math.log10(r));i<=Math.ceil(Math.log10(t));i++)for(let a of t/r>1e4?[1]:[1,3])e.push(a*10**i);let s=e.filter(i=>i>=
r&&i<=t);return s.length>5?s.filter((i,a)=>a%2===0):s}function ce(r){let[t,e]=[1/0,-1/0];for(let i of r)for(let a=0;a<i.
length;a++)Number.isFinite(i[a])&&(t=Math.min(t,i[a]),e=Math.max(e,i[a]));if(t>e)return{low:0,high:1,log:!1};if(t>0&&e/t>
30)return{low:t/1.2,high:e*1.2,log:!0};let s=(e-t)*.08||Math.abs(e)*.05||.5;return{low:t>=0&&t<.35*e?0:t-s,high:e+s,log:!1}}
function H(r,t){let e=0,s=r.length;for(;e<s;){let i=e+s>>1;r[i]<=t?e=i+1:s=i}return e-1}function Ft(r,t){if(!r.length)return t;
let e=H(r,t),s=r[Math.max(0,e)],i=r[Math.min(r.length-1,e+1)];return t-s<=i-t?s:i}function de(r,t,e){let s=Ft(r,e);if(Math.
abs(e-t)!==1||s!==t)return s;let i=r.indexOf(t)+Math.sign(e-t);return r[Math.max(0,Math.min(r.length-1,i))]??s}function pe(r,t){
let e=[];for(let s=0,i=0;s<r.x.length&&i<t.x.length;)if(r.x[s]===t.x[i]){let a=t.y[i]-r.y[s];Number.isFinite(a)&&e.push(
[r.x[s],a]),s++,i++}else r.x[s]<t.x[i]?s++:i++;return e}function st(r,t,e){let s=o("div",{class:"ame-table-box",hidden:!0,tabindex:"0",role:"region","data-testid":`table-${r}`,
"aria-label":`${t}: the data`}),i=o("button",{class:"ame-quiet",type:"button","aria-expanded":"false","aria-label":`${t}\
: show the data as a table`,title:"Show the data as a table","data-testid":`table-toggle-${r}`},"▦"),a=0,n=()=>{let{columns:l,
rows:c}=e();s.replaceChildren(o("table",{},o("thead",{},o("tr",{},l.map(d=>o("th",{scope:"col"},d)))),o("tbody",{},c.map(
d=>o("tr",{},d.map(p=>o("td",{},P(p))))))))},h=()=>{s.hidden||M()-a<.5||(a=M(),n())};return i.addEventListener("click",()=>{
s.hidden=!s.hidden,i.setAttribute("aria-expanded",String(!s.hidden)),s.hidden||n()}),{button:i,box:s,update:h}}var Qe=30,it=class{constructor(t,e){let s=R[e];this.lab=t,this.term=e,this.label=s?.short??e.replaceAll("_"," "),this.range=
s?.limits,this.at=null,this.steps=1,this.saidAt=0,this.box=null,this.values=o("span",{class:"ame-values"}),this.unit=o("\
small",{}),this.canvas=o("canvas",{class:"ame-line",role:"img",tabindex:"0","data-testid":`chart-${e}`}),this.table=st(e,
this.label,()=>this.rows()),this.el=o("div",{class:"ame-chart","data-term":e},o("div",{class:"ame-chart-head"},o("h5",{title:s?.
definition||this.label},this.label),this.table.button),o("div",{class:"ame-readout"},this.values,this.unit),this.canvas,
this.table.box),this.canvas.addEventListener("pointermove",i=>this.point(i.offsetX)),this.canvas.addEventListener("point\
erleave",()=>this.point(null)),this.canvas.addEventListener("click",i=>this.box&&this.lab.scrubTo(Math.round(this.stepAt(
i.offsetX,this.box))))}stepAt(t,{left:e,right:s}){return Math.max(0,Math.min(1,(t-e)/(s-e)))*this.steps}point(t){this.box&&
(this.at=t===null?null:this.stepAt(t,this.box),this.lab.chartCursor(this.at))}lines(t){return t.arms.map((e,s)=>({arm:e,
index:s,series:e.series[this.term]})).filter(({series:e})=>e?.x.length)}draw(t,e=this.at){let s=this.lines(t);if(v(this.
el,s.length>0),!s.length)return;this.steps=Math.max(1,t.steps);let i=e??t.scrubbed;this.readout(s,i,t),Q(()=>this.paint(
s,i)),this.table.update()}readout(t,e,s){let i=t.map(({arm:h,index:l,series:c})=>{let d=e===null?c.x.length-1:H(c.x,e),p=d>=
0&&Ze(h,c.x[d],e);return{index:l,name:h.name,value:d<0||p?null:c.y[d],old:p?c.x[d]:null}});for(;this.values.children.length>
i.length;)this.values.lastChild?.remove();for(;this.values.children.length<i.length;)this.values.append(o("span",{class:"\
ame-value"},o("i",{}),o("b",{})));i.forEach(({index:h,name:l,value:c,old:d},p)=>{let m=this.values.children[p],[u,g]=m.children;
u.style.background=O(h),m.title=d===null?l:`${l}: not measured since step ${d}`,x(g,Rt(this.term,c))});let a=s.units[this.
term]??R[this.term]?.unit??"";x(this.unit,a),v(this.unit,a!=="");let n=`${this.label}${a?` in ${a}`:""}: `+i.map(({name:h,
value:l})=>`${h} ${Rt(this.term,l)}`).join(", ")+` at step ${Math.round(e??s.step)}`;(M()-this.saidAt>1||s.state!=="play\
ing")&&(this.saidAt=M(),this.canvas.setAttribute("aria-label",n))}paint(t,e){let{width:s,height:i,scale:a}=B(this.canvas);
if(!s||!i)return;let{ink:n}=this.lab,h=$(this.canvas);h.setTransform(a,0,0,a,0,0),h.clearRect(0,0,s,i);let l=t.length>1&&
!ie.has(this.term),c=l?Qe:0,{low:d,high:p,log:m}=this.range?{low:this.range[0],high:this.range[1],log:!1}:ce(t.map(({series:A})=>A.
y)),u=m?le(d,p):he(d,p,3),g=u.map(A=>m?Zt(A):Lt(A,u)),f=l?pe(t[0].series,t[1].series):[],b=Math.max(...f.map(([,A])=>Math.
abs(A)),1e-12),k=f.length&&b>1e-12?`±${Lt(b,[0,b/2])}`:"0";h.font=`12px ${n.font}`;let y=Math.max(...[...g,l?k:""].map(
A=>h.measureText(A).width)),w={left:Math.max(40,Math.ceil(y)+7),right:s-8,top:5,bottom:i-16-c};this.box=w;let S=m?Math.log10:
A=>A,T=A=>w.left+(w.right-w.left)*A/this.steps,N=A=>w.bottom-(w.bottom-w.top)*(S(A)-S(d))/(S(p)-S(d));h.textBaseline="mi\
ddle",h.lineWidth=1,h.textAlign="right";for(let[A,D]of u.entries()){let F=Math.round(N(D))+.5;h.strokeStyle=n.grid,h.beginPath(),
h.moveTo(w.left,F),h.lineTo(w.right,F),h.stroke(),h.fillStyle=n.muted,h.fillText(g[A],w.left-5,F)}let I=this.lab.scene?.
chance[this.term];I!==void 0&&I>d&&I<p&&this.level(h,w,N(I),"chance",n),h.textBaseline="alphabetic",h.fillStyle=n.muted,
h.textAlign="left",h.fillText("0",w.left,i-3),h.textAlign="right",h.fillText(`${this.steps} steps`,w.right,i-3),h.lineJoin=
"round";for(let A of t)this.turned(h,A,T,w);for(let A of t)this.curve(h,A,T,N,w,m);l&&this.difference(h,f,b,k,O(t[1].index),
T,{...w,top:w.bottom+4,bottom:w.bottom+c},n),e!==null&&(h.strokeStyle=n.text,h.globalAlpha=.5,h.beginPath(),h.moveTo(Math.
round(T(e))+.5,w.top),h.lineTo(Math.round(T(e))+.5,i-16),h.stroke(),h.globalAlpha=1)}curve(t,{arm:e,index:s,series:i},a,n,h,l){
let{ink:c}=this.lab,d=f=>Number.isFinite(f)&&!(l&&f<=0),p=f=>Math.max(h.top,Math.min(h.bottom,n(f))),m=R[this.term]?.per_reading?
e.turns.filter(({redefines:f})=>f).map(({step:f})=>f):[];t.setLineDash(tt(s)),t.strokeStyle=O(s),t.lineWidth=1.8,t.beginPath();
let u=!1;for(let f=0;f<i.x.length;f++){if(!d(i.y[f])){u=!1;continue}f&&m.some(b=>i.x[f-1]<=b&&b<i.x[f])&&(u=!1),t[u?"lin\
eTo":"moveTo"](a(i.x[f]),p(i.y[f])),u=!0}t.stroke(),t.setLineDash([]);let g=i.x.length-1;if(d(i.y[g])&&L(t,{shape:et(s),
color:O(s),filled:!0,halo:c.card},a(i.x[g]),p(i.y[g]),4),e.parent!==null&&e.fork_step){let f=H(i.x,e.fork_step);f>=0&&L(
t,{shape:"diamond",color:c.text,filled:!1,halo:c.card},a(i.x[f]),n(i.y[f]),3.5)}}turned(t,{arm:e,index:s},i,a){let n=new Set(
e.turns.map(({step:h})=>h).filter(h=>h>0));if(n.size){t.strokeStyle=O(s),t.globalAlpha=.75,t.setLineDash([1.5,3]),t.beginPath();
for(let h of n){let l=Math.round(i(h))+.5;t.moveTo(l,a.top),t.lineTo(l,a.bottom)}t.stroke(),t.setLineDash([]),t.globalAlpha=
1}}level(t,e,s,i,a){t.strokeStyle=a.muted,t.setLineDash([2,3]),t.beginPath(),t.moveTo(e.left,s),t.lineTo(e.right,s),t.stroke(),
t.setLineDash([]),t.textAlign="right",t.textBaseline="bottom",t.fillStyle=a.muted,t.lineWidth=3,t.strokeStyle=a.card,t.strokeText(
i,e.right,s-1),t.fillText(i,e.right,s-1),t.lineWidth=1}difference(t,e,s,i,a,n,h,l){let c=(h.top+h.bottom)/2,d=(h.bottom-
h.top)/2-2;t.fillStyle=l.soft,t.fillRect(h.left,h.top,h.right-h.left,h.bottom-h.top),t.fillStyle=a,t.globalAlpha=.75,t.beginPath(),
e.forEach(([p,m],u)=>{u||t.moveTo(n(p),c),t.lineTo(n(p),c-d*m/s)}),e.length&&t.lineTo(n(e[e.length-1][0]),c),t.fill(),t.
globalAlpha=1,t.strokeStyle=l.muted,t.lineWidth=1,t.beginPath(),t.moveTo(h.left,Math.round(c)+.5),t.lineTo(h.right,Math.
round(c)+.5),t.stroke(),t.fillStyle=l.muted,t.textAlign="right",t.textBaseline="middle",t.fillText(i,h.left-5,c)}rows(){
let t=this.lines(this.lab.frame),e=[...new Set(t.flatMap(({series:n})=>[...n.x]))].sort((n,h)=>n-h),s=e.length>120?e.filter(
(n,h)=>h%Math.ceil(e.length/120)===0||h===e.length-1):e,i=t.map(({series:n})=>new Map([...n.x].map((h,l)=>[h,n.y[l]]))),
a=["step",...t.map(({arm:n})=>n.name)];return t.length>1&&a.push(`${a[2]} − ${a[1]}`),{columns:a,rows:s.map(n=>{let h=i.
map(c=>c.get(n)??null),l=h[0]===null||h[1]===null?null:h[1]-h[0];return t.length>1?[n,...h,l]:[n,...h]}).reverse()}}};function Ze(r,t,e){
let s=r.series.harmonic_mean?.x,i=s?.length?e===null?s.length-1:H(s,e):-1;return i>=0&&t<s[i]}var ue={n:0,state:"waiting",error:null,note:null,progress:null,step:0,steps:0,epoch:0,steps_per_epoch:null,speed:null,scrubbed:null,
recorded_steps:[],units:{},arms:[],dials:[],delta:{columns:[],rows:[]},diagnosis:[],breaks:[],prediction:null,selection:[],
said:[],show:null,locked:[],explained:"",caption:null,to_lose:""},Y=r=>r.scrubbed!==null,z=r=>r.scrubbed??r.step,E=class{#t="";isNew(t){
let e=JSON.stringify(t);return e===this.#t?!1:(this.#t=e,!0)}forget(){this.#t=""}};var me={accuracy:"Accuracy on test images",entropy:"Entropy, and how strongly AME pulls",loss:"Losses"},at=class{constructor(t){
this.lab=t,this.charts=new Map,this.arms=new E,this.drawnAt=0,this.key=o("ul",{class:"ame-legend","aria-label":"Arms"}),
this.hint=o("span",{class:"ame-muted"});let e=i=>{let a=o("div",{class:"ame-chart-row"});return{row:a,box:o("section",{class:"\
ame-chart-group",hidden:!0,"aria-label":me[i]},o("h4",{},me[i]),a)}},s=o("div",{class:"ame-chart-row"});this.groups={accuracy:e(
"accuracy"),entropy:e("entropy"),loss:e("loss"),"":{row:s,box:o("details",{class:"ame-chart-group ame-later",hidden:!0,ontoggle:()=>t.
again()},o("summary",{},"More curves"),s)}},this.el=o("section",{class:"ame-card ame-charts","aria-label":"Curves"},o("h\
eader",{},o("h3",{},"Curves"),this.key,o("span",{class:"ame-push"}),this.hint),o("div",{class:"ame-groups"},Object.values(
this.groups).map(({box:i})=>i)));for(let[i,{group:a}]of Object.entries(R))a&&this.add(i)}add(t){let e=new it(this.lab,t);
this.charts.set(t,e),this.groups[R[t]?.group??""].row.append(e.el)}draw(t,e=null){let{arms:s}=t;for(let i of s)for(let a of Object.
keys(i.series))this.charts.has(a)||this.add(a);if(this.arms.isNew([K(),s.map(i=>i.name)])&&(this.key.replaceChildren(...s.
map((i,a)=>{let n=o("canvas",{width:60,height:24,class:"ame-key","aria-hidden":"true"}),h=$(n);return h.strokeStyle=O(a),
h.lineWidth=4,h.setLineDash(tt(a).map(l=>2*l)),h.beginPath(),h.moveTo(2,12),h.lineTo(58,12),h.stroke(),L(h,{shape:et(a),
color:O(a),filled:!0},30,12,7),o("li",{title:i.label},n,i.name)})),x(this.hint,s.length>1?`shaded below each: ${s[1].name}\
 − ${s[0].name}`:"")),!(t.state==="playing"&&e===null&&this.lab.cursor===null&&M()-this.drawnAt<.45)){this.drawnAt=M();
for(let i of this.charts.values())i.draw(t,e);for(let{box:i,row:a}of Object.values(this.groups))v(i,[...a.children].some(
n=>!n.hidden))}}};function fe({low:r,high:t,scale:e,whole:s,step:i,value:a}){let n=r??0,h=t??Math.max(1,2*(typeof a=="number"?a:1)),l=i??(s?
1:null),c=e==="log",d=c&&n<=0?30:0,p=n>0?n:h/10**4,m=l!==null&&!c?Math.round((h-n)/l):1e3,u=y=>Math.max(n,Math.min(h,y)),
g=y=>{let w=l===null?Number(y.toPrecision(c?2:3)):n+Math.round((y-n)/l)*l;return u(s?Math.round(w):Number(w.toPrecision(
12)))},f=y=>c?d&&y<=0?0:d+(m-d)*Math.log(Math.max(y,p)/p)/Math.log(h/p):m*(y-n)/(h-n),b=y=>c?y<d/2?0:g(p*Math.exp(Math.max(
0,y-d)/(m-d)*Math.log(h/p))):g(n+(h-n)*y/m);return{low:n,last:m,toSlider:f,fromSlider:b,nudge:(y,w)=>l!==null?g(y+w*l):u(
b(Math.max(0,Math.min(m,f(y)+w*m/40)))),box:l??"any"}}var nt=class{constructor(t){this.lab=t,this.nodes=new Map,this.names=new E,this.shape=new E,this.arm=o("select",{"data-t\
estid":"dial-arm","aria-label":"Which arms the dials turn",title:"AME's dials (ω, reading, temperature of H) turn the ar\
ms with AME; the others turn all arms",onchange:()=>this.draw(t.frame)}),this.armRow=o("label",{class:"ame-for",hidden:!0},
"for ",this.arm),this.live=o("div",{class:"ame-dial-list"}),this.later=o("div",{class:"ame-dial-list"}),this.laterBox=o(
"details",{class:"ame-later"},o("summary",{},"Takes effect at reset"),this.later),this.el=o("section",{class:"ame-card a\
me-dials","aria-label":"Dials"},o("header",{},o("h3",{},"Dials"),o("span",{class:"ame-push"}),this.armRow),this.live,this.
laterBox)}draw({arms:t,dials:e}){if(this.names.isNew(t.map(i=>[i.name,i.label]))){let i=this.arm.value;this.arm.replaceChildren(
o("option",{value:""},"all relevant"),...t.map(a=>o("option",{value:a.name,title:a.label},a.name))),this.arm.value=t.some(
a=>a.name===i)?i:"",v(this.armRow,t.length>1)}let s={value:0,values:0,concerns:0,idle:0,pending:0,locked:0};if(this.shape.
isNew(e.map(i=>({...i,...s})))){this.nodes=new Map(e.map(a=>[a.field,new _t(this,a)]));let i=a=>[...this.nodes.values()].
filter(({dial:n})=>n.steerable===a).map(({el:n})=>n);this.live.replaceChildren(...i(!0)),this.later.replaceChildren(...i(
!1)),v(this.laterBox,e.some(a=>!a.steerable))}for(let i of e)this.nodes.get(i.field)?.draw(i,this.arm.value||null)}set(t,e){
this.lab.command("set",{field:t,value:e,arm:this.arm.value||null})}},ge=.8,_t=class{constructor(t,e){this.owner=t,this.dial=
e,this.touched=-1/0,this.typing=!1,this.drawn=new E,this.value=e.value,this.own=e.value,this.scale=fe(e),this.send=V(a=>t.
set(e.field,a),120);let s=Z(),i={id:s,"data-testid":`dial-${e.field}`,"aria-describedby":e.help?`${s}-help`:null};this.values=
o("span",{class:"ame-dial-values"}),this.slider=null,this.input=e.kind==="number"?this.box(i):e.kind==="choice"?this.choice(
i):this.switch(i),e.kind==="number"&&(this.slider=this.makeSlider()),this.el=o("div",{class:`ame-dial ame-dial-${e.kind}`,
title:e.locked?"Locked by the author of this lab":e.help},o("label",{for:s,class:"ame-dial-label",title:e.help},e.label),
this.slider?o("span",{class:"ame-number"},this.slider,this.input):this.input,this.values,e.help&&o("span",{class:"ame-he\
lp",id:`${s}-help`},e.help))}choice(t){let e=o("select",{...t,onchange:()=>this.turn(JSON.parse(e.value))},this.dial.choices.
map(s=>o("option",{value:JSON.stringify(s)},J(s))));return e}switch(t){return o("button",{...t,type:"button",role:"switc\
h",class:"ame-switch",onclick:()=>this.turn(!this.value)})}box(t){let{dial:e}=this,s=o("input",{...t,type:"number",min:e.
low,max:e.high,step:this.scale.box,oninput:()=>this.typing=!0,onblur:()=>{this.typing=!1,this.owner.lab.again()},onchange:()=>{
if(this.typing=!1,s.value===""&&!e.optional)return this.show(this.own);this.turn(s.value===""?null:Number(s.value))}});return s}makeSlider(){
let t=o("input",{type:"range",min:0,max:this.scale.last,step:1,"aria-label":`${this.dial.label}, slider`,oninput:()=>this.
turn(this.scale.fromSlider(Number(t.value)),!0),onkeydown:e=>this.nudge(e)});return t}nudge(t){let s={ArrowRight:1,ArrowUp:1,
ArrowLeft:-1,ArrowDown:-1}[t.key];if(!s)return;t.preventDefault();let i=typeof this.value=="number"?this.value:this.scale.
low,a=this.scale.nudge(i,s);a!==i&&this.turn(a)}turn(t,e=!1){this.touched=M(),this.drawn.forget(),this.show(t,e),this.send(
t),setTimeout(()=>this.owner.lab.again(),1e3*ge+100)}show(t,e=!1){let{input:s,slider:i}=this;if(this.value=t,i&&s instanceof
HTMLInputElement){s.value=t===null?"":String(Number(Number(t).toPrecision(6)));let a=this.dial.none||"default";s.placeholder=
t===null?a:P(t),s.title=t===null?a:"",!e&&t!==null&&(i.value=String(this.scale.toSlider(Number(t)))),i.setAttribute("ari\
a-valuetext",t===null?a:`${P(t)} ${this.dial.unit}`.trim())}else s instanceof HTMLSelectElement?s.value=JSON.stringify(t):
(s.setAttribute("aria-checked",String(!!t)),x(s,t?"on":"off"))}draw(t,e){let{lab:s}=this.owner,{values:i}=t;this.dial=t,
this.own=e!==null&&e in i?i[e]:t.value;let a=t.locked||Y(s.frame)||s.locked("set")||s.locked(t.field);if(this.input.disabled=
a,this.slider&&(this.slider.disabled=a),this.el.classList.toggle("ame-pending",t.pending),this.typing||M()-this.touched<
ge||!this.drawn.isNew([this.own,i,e,t.idle]))return;let n=e===null?t.concerns.map(c=>({name:c,value:i[c]})):[],h=n.some(
({value:c})=>c!==n[0].value);this.show(this.own),h&&this.slider&&this.input instanceof HTMLInputElement&&(this.input.value=
"",this.input.placeholder="differs",this.slider.value=String(this.scale.toSlider(Number(n[n.length-1].value??this.scale.
low))),this.slider.setAttribute("aria-valuetext","differs between arms"));let l=h?n.map(({name:c,value:d})=>`${c}: ${J(d)}`):
[];x(this.values,[...l,...t.idle?[`no effect: ${t.idle}`]:[]].join(" · "))}},ot=class{constructor(t){this.lab=t,this.nodes=
new Map,this.shape=new E,this.list=o("div",{class:"ame-break-list"}),this.el=o("section",{class:"ame-card ame-breaks","a\
ria-label":"Break it"},o("header",{},o("h3",{},"Break it"),o("span",{class:"ame-muted"},"and read the diagnosis")),this.
list)}draw(t){let{breaks:e}=t;v(this.el,e.length>0),this.shape.isNew(e.map(s=>s.switch))&&(this.nodes=new Map(e.map(s=>{
let i=o("button",{type:"button",role:"switch",class:"ame-break",title:s.help,"data-testid":`break-${s.switch}`,onclick:()=>this.
turn(s,i.getAttribute("aria-checked")!=="true")},o("i",{"aria-hidden":"true"}),o("span",{},s.label,s.help&&o("small",{},
s.help)));return[s.switch,i]})),this.list.replaceChildren(...this.nodes.values()));for(let s of e){let i=this.nodes.get(
s.switch);i.setAttribute("aria-checked",String(s.on)),i.disabled=Y(t)||this.lab.locked("break")}}turn({switch:t,resets:e},s){
let i=()=>this.lab.command("break",{switch:t,on:s});e?this.lab.anew(i):i()}};var _=({k:r,x0:t,y0:e},s,i)=>[s*r+t,e-i*r],ye=({k:r,x0:t,y0:e},s,i)=>[(s-t)/r,(e-i)/r];function ke(r,{k:t,x0:e,y0:s},i,a,n=12){
let h=n*n,l=null;for(let c=0;c<r.length/2;c++){let d=r[2*c]*t+e-i,p=s-r[2*c+1]*t-a,m=d*d+p*p;m<h&&([h,l]=[m,c])}return l}
function xe(r,t,e){let s=!1;for(let i=0,a=r.length-1;i<r.length;a=i++){let[n,h]=r[i],[l,c]=r[a];h>e!=c>e&&t<(l-n)*(e-h)/
(c-h)+n&&(s=!s)}return s}function ve(r){let[t,e,s,i]=[1/0,-1/0,1/0,-1/0];for(let a of r)for(let n=0;n<a.length;n+=2)t=Math.
min(t,a[n]),e=Math.max(e,a[n]),s=Math.min(s,a[n+1]),i=Math.max(i,a[n+1]);return t<e?[t,e,s,i]:null}var be=18,we=16;function qt(r,t,e=[]){
return e.push(...r.map(({x:s,y:i,side:a=be})=>[s-a/2,i-a/2,a,a])),r.map(({x:s,y:i,width:a,side:n=be})=>{let h=n/2,l=[[h+
3,0],[-h-3-a,0],[-a/2,-h-8],[-a/2,h+8],[h+1,-h-5],[h+1,h+5],[-h-1-a,-h-5],[-h-1-a,h+5]],c=([p,m])=>[s+p-2,i+m-we/2,a+4,we],
d=l.find(p=>{let[m,u,g,f]=c(p);return m>0&&u>0&&m+g<t.width&&u+f<t.height&&!e.some(b=>m<b[0]+b[2]&&b[0]<m+g&&u<b[1]+b[3]&&
b[1]<u+f)});return d&&e.push(c(d)),d??null})}var ts=2e3,es=[8,10,12,14,17,20,24,29,34,40,48],ss=1.3,is=28,as=1<<23,ns=16;function Me({width:r,height:t},e,s,i){if(s>ts||
!(i>0))return 0;let a=Math.min(is,ss*Math.sqrt(r*t/Math.max(1,e)))*Math.sqrt(i);return es.findLast(n=>n<=a)??0}function Se(r,{
k:t,x0:e,y0:s},{width:i,height:a}){let n=0;for(let h=0;h<r.length;h+=2){let l=r[h]*t+e,c=s-r[h+1]*t;l>=0&&c>=0&&l<=i&&c<=
a&&n++}return n}function zt(r,t,e,s,i,a,n,h=32){let{side:l}=s,c=Math.round(a-l/2),d=Math.round(n-l/2),[p,m]=[Math.max(0,
-c),Math.min(l,t-c)],[u,g]=[Math.max(0,-d),Math.min(l,e-d)],f=Math.floor(i/s.columns)*l*s.width+i%s.columns*l;for(let b=u;b<
g;b++){let k=f+b*s.width,y=(d+b)*t+c;for(let w=p;w<m;w++){let S=s.pixels[k+w],T=S>>>24===255?h:((S>>>24)*h+127)/255|0;if(T===
32)r[y+w]=S;else if(T){let N=r[y+w],I=(N&16711935)*(32-T)+(S&16711935)*T>>>5&16711935,A=(N&65280)*(32-T)+(S&65280)*T>>>5&
65280;r[y+w]=4278190080|I|A}}}}function Wt(r,t,e,s){let i=new Path2D;return i.roundRect(t,e,s,s,s*(r.filled?.16:.5)),i}var rt=class r{constructor(t,{
count:e,columns:s,width:i,height:a}){this.image=t,this.count=e,this.columns=s,this.width=i,this.height=a}static async load(t){
let e=t.file;return new r(await createImageBitmap(new Blob([e],{type:"image/webp"})),t)}fill(t,e){t.width=this.width,t.height=
this.height,this.draw($(t),e,0,0,this.width,this.height)}draw(t,e,s,i,a,n){t.imageSmoothingEnabled=Math.min(this.width,this.
height)>=ns,t.imageSmoothingQuality="high";let[h,l]=[e%this.columns*this.width,Math.floor(e/this.columns)*this.height];t.
drawImage(this.image,h,l,this.width,this.height,s,i,a,n)}tile(t,e,s,i,a,n,h){let l=s.halo?h:0;t.save(),s.halo&&(t.fillStyle=
s.halo,t.fill(Wt(s,i,a,n))),t.fillStyle=s.color,t.fill(Wt(s,i+l,a+l,n-2*l));let c=l+h;t.clip(Wt(s,i+c,a+c,n-2*c)),this.draw(
t,e,i+c,a+c,n-2*c,n-2*c),t.restore()}sheet(t,e,s){let i=Math.floor(Math.sqrt(as/(this.columns*Math.ceil(this.count/this.
columns)))),a=Math.max(1,Math.min(t,i)),n=document.createElement("canvas");n.width=a*this.columns,n.height=a*Math.ceil(this.
count/this.columns);let h=$(n,{willReadFrequently:!0});for(let c=0;c<this.count;c++)this.tile(h,c,e(c),c%this.columns*a,
Math.floor(c/this.columns)*a,a,s);let{data:l}=h.getImageData(0,0,n.width,n.height);return{side:a,columns:this.columns,width:n.
width,pixels:new Uint32Array(l.buffer)}}};var os=24,rs=80,hs=20,ls=5,ht=class{constructor(t,e){this.owner=t,this.index=e,this.canvas=o("canvas",{class:"ame-points",
"aria-hidden":"true"}),this.over=o("canvas",{class:"ame-over",tabindex:"0",role:"application","data-testid":`manifold-${e}`}),
this.swatch=o("span",{class:"ame-swatch","aria-hidden":"true"}),this.title=o("span",{class:"ame-name"}),this.figures=o("\
p",{class:"ame-muted ame-figures"}),this.tip=o("div",{class:"ame-tip",hidden:!0,role:"status","data-testid":`tip-${e}`}),
this.thumb=o("canvas",{class:"ame-thumb","aria-hidden":"true"}),this.tipText=o("div",{}),this.tip.append(this.thumb,this.
tipText),this.el=o("div",{class:"ame-pane"},o("h4",{},this.swatch,this.title),this.figures,o("div",{class:"ame-stage"},this.
canvas,this.over,this.tip)),this.shown=null,this.image=null,this.pixels=new Uint32Array,this.lasso=null,this.drag=null,this.
over.addEventListener("pointerdown",s=>this.down(s)),this.over.addEventListener("pointermove",s=>this.move(s)),this.over.
addEventListener("pointerup",s=>this.up(s)),this.over.addEventListener("pointercancel",()=>this.cancel()),this.over.addEventListener(
"pointerleave",()=>!this.drag&&this.owner.hover(this.owner.at=null)),this.over.addEventListener("wheel",s=>this.wheel(s),
{passive:!1}),this.over.addEventListener("keydown",s=>this.key(s))}draw(t,e,s){let i=B(this.canvas);if(B(this.over),!this.
canvas.width||!this.canvas.height)return;let a=Math.min(i.width/s.w,i.height/s.h),n={k:a,x0:i.width/2-s.x*a,y0:i.height/
2+s.y*a},h={arm:t,scene:e,size:i,place:n,side:this.owner.sideFor(i,n,t.manifold?.points??[])};this.shown=h,this.over.dataset.
points=h.side?"images":"dots",this.head(t,e),Q(()=>this.paint(h)),this.owner.lab.probe.paintOn(this)}paint(t){let{arm:e,
scene:s,size:i,place:a,side:n}=t,{k:h,x0:l,y0:c}=a,{ink:d,pictures:p}=this.owner.lab,{width:m,height:u}=this.canvas,g=$(
this.canvas);(!this.image||this.image.width!==m||this.image.height!==u)&&(this.image=g.createImageData(m,u),this.pixels=
new Uint32Array(this.image.data.buffer)),this.pixels.fill(d.paper32);let f=i.scale,b=e.manifold?.points??[],k=b.length/2,
y=f*Math.max(2,Math.min(5.2,Math.round(3*Math.sqrt(i.width*i.height/Math.max(1,s.ids.length)))/10)),w=this.owner.spritesFor(
s,y),{labels:S,ids:T}=s,N=this.owner.selected,I=N.size>0,A=h*f,D=l*f,F=c*f,G=I?w.dim:w.plain,q=n?this.owner.sheetsFor(s,
n,f,I):null,W=q?Math.min(k,p?.count??0):0;for(let C=W;C<k;C++)Bt(this.pixels,m,u,G[S[C]],b[2*C]*A+D,F-b[2*C+1]*A);if(q)for(let C=0;C<
W;C++)zt(this.pixels,m,u,q.plain,C,b[2*C]*A+D,F-b[2*C+1]*A,I?ls:32);if(I)for(let C=0;C<k;C++){if(!N.has(T[C]))continue;let[
Ut,Ht]=[b[2*C]*A+D,F-b[2*C+1]*A];q?.strong&&C<W?zt(this.pixels,m,u,q.strong,C,Ut,Ht):Bt(this.pixels,m,u,w.strong[S[C]],Ut,
Ht)}if(g.putImageData(this.image,0,0),!e.manifold)return;g.save(),g.scale(f,f),g.textBaseline="middle",g.lineJoin="round";
let je=this.stars(g,e.manifold.anchors,t);W&&this.owner.lab.frame.state!=="playing"&&this.captions(g,t,W,je),g.restore()}stars(t,e,{
scene:s,size:i,place:a}){let{ink:n}=this.owner.lab,h=[];t.font=`600 13px ${n.font}`;let l=e.length>2*os?6:i.width<380?7.5:
9,d=Array.from({length:e.length/2},(p,m)=>{let[u,g]=_(a,e[2*m],e[2*m+1]),f=s.short[m]??String(m),b=this.owner.mark(s,m);
return L(t,{...b,shape:"star",filled:!0,halo:n.text},u,g,l),L(t,{...b,shape:"star",halo:null,inside:n.card},u,g,b.filled?
l:.86*l),{text:f,x:u,y:g,width:t.measureText(f).width}}).filter(({x:p,y:m})=>p>=-20&&m>=-20&&p<=i.width+20&&m<=i.height+
20);return this.names(t,d,qt(d,i,h),n.text),h}captions(t,{arm:e,scene:s,size:i,place:a,side:n},h,l){let{ink:c}=this.owner.
lab,d=e.manifold?.points??[],p=[];for(let u=0;u<h&&n>=hs&&s.captions.length;u++){let[g,f]=_(a,d[2*u],d[2*u+1]);g>=0&&f>=
0&&g<=i.width&&f<=i.height&&p.push({i:u,x:g,y:f,side:n})}if(!p.length||p.length>rs)return;t.font=`12px ${c.font}`;let m=p.
map(({i:u,...g})=>({...g,text:s.captions[u],width:t.measureText(s.captions[u]).width}));this.names(t,m,qt(m,i,l),c.muted)}names(t,e,s,i){
let{ink:a}=this.owner.lab;t.lineWidth=4,t.strokeStyle=a.card,t.fillStyle=i,s.forEach((n,h)=>{if(!n)return;let{text:l,x:c,
y:d}=e[h];t.strokeText(l,c+n[0],d+n[1]),t.fillText(l,c+n[0],d+n[1])})}head(t,e){this.swatch.style.background=O(this.index),
x(this.title,t.name),this.title.title=t.label;let s=t.manifold?.prediction,{labels:i}=e,a="";if(s?.length){let h=0;for(let c=0;c<
s.length;c++)h+=+(s[c]===i[c]);let l=s.length<i.length?` of these ${s.length}`:"";a=`${Math.round(100*h/s.length)} % rig\
ht${l} among all ${e.class_names.length} classes`}x(this.figures,t.error?`stopped: ${t.error}`:a);let n=`Shared manifold\
 of ${t.name} at step ${t.manifold?.step??t.step}. ${a}. Arrow keys move the view, plus and minus zoom, 0 shows everythi\
ng, N and B go from image to image, Enter selects, Escape clears, I shows images or dots.`;this.over.getAttribute("aria-\
label")!==n&&this.over.setAttribute("aria-label",n)}under(t){let e=this.shown?.arm.manifold?.points;if(!this.shown||!e)return null;
let{place:s,side:i}=this.shown;return ke(e,s,t.offsetX,t.offsetY,Math.max(12,.7*i))}overlay(t,e){if(!this.shown)return;let{
arm:s,scene:i,size:a,place:n,side:h}=this.shown,{width:l,height:c,scale:d}=a,{ink:p,pictures:m}=this.owner.lab,u=$(this.
over);u.setTransform(d,0,0,d,0,0),u.clearRect(0,0,l,c),this.lasso&&this.lasso.length>1&&(u.beginPath(),this.lasso.forEach(
([I,A],D)=>u[D?"lineTo":"moveTo"](I,A)),u.closePath(),u.fillStyle=p.wash,u.fill(),u.strokeStyle=p.accent,u.lineWidth=1.5,
u.setLineDash([5,3]),u.stroke(),u.setLineDash([]));let{manifold:g}=s;if(t===null||!g||2*t>=g.points.length){this.tip.hidden=
!0;return}let{points:f,anchors:b}=g,[k,y]=_(n,f[2*t],f[2*t+1]),w=i.labels[t],S=h>0&&m!==null&&t<m.count?Math.max(32,1.5*
h):0;if(S&&(u.globalAlpha=.5,u.fillStyle=p.card,u.fillRect(0,0,l,c),u.globalAlpha=1),u.strokeStyle=p.text,2*w<b.length){
let I=_(n,b[2*w],b[2*w+1]);u.setLineDash([3,3]),u.lineWidth=1.5,u.beginPath(),u.moveTo(k,y),u.lineTo(...I),u.stroke(),u.
setLineDash([]),S&&L(u,{...this.owner.mark(i,w),shape:"star",filled:!0,halo:p.text},...I,9)}if(S&&m?m.tile(u,t,{...this.
owner.mark(i,w),halo:p.text},k-S/2,y-S/2,S,2):(u.beginPath(),u.arc(k,y,9,0,2*Math.PI),u.lineWidth=2.5,u.stroke()),!e){this.
tip.hidden=!0;return}let T=this.owner.describe(i,t,s);this.tip.hidden=!1,this.tipText.replaceChildren(o("strong",{},T.caption||
T.label),o("div",{},`class ${T.label} · image ${T.id}`),o("div",{class:ct(T)},lt({...T,predicted:`answer: ${T.predicted}`})),
o("div",{},`entropy ${P(T.entropy)} nats`)),v(this.thumb,this.owner.lab.thumbnail(this.thumb,t));let N=k>l*.55;this.tip.
style.left=N?"":`${k+16}px`,this.tip.style.right=N?`${l-k+16}px`:"",this.tip.style.top=`${Math.max(4,Math.min(c-96,y-30))}\
px`}down(t){if(t.button!==0||!this.shown)return;this.over.setPointerCapture(t.pointerId);let e=this.owner.tool==="move"||
t.shiftKey&&t.altKey;this.drag={x:t.offsetX,y:t.offsetY,far:!1,moving:e,add:t.shiftKey},this.lasso=e?null:[[t.offsetX,t.
offsetY]]}move(t){let{drag:e,shown:s,owner:i}=this;if(s){if(!e)return i.hover(i.at=this.under(t),this);e.far||=Math.hypot(
t.offsetX-e.x,t.offsetY-e.y)>4,e.far&&(this.lasso?(this.lasso.push([t.offsetX,t.offsetY]),i.hover(null)):i.view&&(i.view.
x-=t.movementX/s.place.k,i.view.y+=t.movementY/s.place.k,i.redraw()))}}up(t){let{drag:e,lasso:s,shown:i}=this;if(this.cancel(),
!e||!i)return;let a=this.under(t);e.far?s&&this.owner.select(this.within(i,s),e.add):a!==null?this.owner.select([i.scene.
ids[a]],e.add):this.owner.selected.size&&this.owner.select([])}cancel(){this.drag=this.lasso=null,this.owner.hover(null)}within({
arm:t,scene:e,place:s},i){let a=t.manifold?.points??[],n=[];for(let h=0;h<a.length/2;h++)xe(i,..._(s,a[2*h],a[2*h+1]))&&
n.push(e.ids[h]);return n}wheel(t){!(t.ctrlKey||t.metaKey)||!this.shown||(t.preventDefault(),this.owner.zoom(Math.exp(t.
deltaY*.002),ye(this.shown.place,t.offsetX,t.offsetY)))}key(t){let{owner:e,shown:s}=this;if(!s||!e.view||t.ctrlKey||t.metaKey||
t.altKey)return;let{arm:i,scene:a}=s,n=a.ids.length,l={ArrowLeft:[-1,0],ArrowRight:[1,0],ArrowUp:[0,1],ArrowDown:[0,-1]}[t.
key],c=t.key.toLowerCase();if(l)e.view.x+=.1*e.view.w*l[0],e.view.y+=.1*e.view.h*l[1],e.redraw();else if(c==="+"||c==="=")
e.zoom(.8);else if(c==="-")e.zoom(1.25);else if(c==="0")e.fit();else if(c==="n"||c==="b"){let d=((e.at??(c==="n"?-1:0))+
(c==="n"?1:-1)+n)%n;e.at=d,e.hover(d,this);let p=e.describe(a,d,i);e.lab.say(`Image ${p.id}: class ${p.label}, answer ${p.
predicted}, entropy ${P(p.entropy)} nats.`)}else if(c==="i")e.toggleImages();else if(c==="enter"&&e.at!==null)e.select([
a.ids[e.at]],!0);else if(c==="escape")e.select([]);else return;t.preventDefault(),t.stopPropagation()}};var lt=({right:r,predicted:t})=>r===null?t:`${r?"✓":"✗"} ${t}`,ct=({right:r})=>r===null?"ame-muted":r?"ame-right":"a\
me-wrong",Ae=1.04,cs=24,ds=10,Te=([r,t,e,s])=>({x:(r+t)/2,y:(e+s)/2,w:Ae*(t-r||1),h:Ae*(s-e||1)}),dt=class{constructor(t){
this.lab=t,this.panes=[],this.arms=[],this.view=null,this.home=null,this.tool="lasso",this.selected=new Set,this.at=null,
this.sprites=null,this.sheets=null,this.legend=o("ul",{class:"ame-legend","aria-label":"Classes: colour and shape; fille\
d marks are base classes, open ones new"});let e=(i,a,n)=>o("button",{class:"ame-quiet",type:"button","aria-pressed":String(
this.tool===i),"data-tool":i,title:a,"aria-label":a,onclick:()=>this.setTool(i)},n);this.tools=[e("lasso","Drag selects \
with a lasso","Lasso"),e("move","Drag moves the view","Move")];let s=(i,a,n)=>o("button",{class:"ame-quiet",type:"button",
title:i,"aria-label":i,onclick:n},a);this.images=o("button",{class:"ame-quiet",type:"button",hidden:!0,title:"Draw point\
s as their images (I)","data-testid":"images",onclick:()=>this.toggleImages()},"Images"),this.table=st("manifold","Share\
d manifold",()=>this.rows()),this.note="",this.row=o("div",{class:"ame-panes"}),this.footnote=o("p",{class:"ame-muted"}),
this.el=o("section",{class:"ame-card ame-manifold","aria-label":"Shared manifold","data-view":"manifold"},o("header",{},
o("h3",{},"Shared manifold"),o("span",{class:"ame-push"}),this.images,o("div",{class:"ame-group",role:"group","aria-labe\
l":"What dragging does"},this.tools),o("div",{class:"ame-group",role:"group","aria-label":"Zoom"},s("Zoom out","−",()=>this.
zoom(1.25)),s("Zoom in","+",()=>this.zoom(.8)),s("Fit to what is drawn now; once more: the axes' full range","Fit",()=>this.
fit())),this.table.button),this.row,this.legend,this.footnote,this.table.box)}setTool(t){this.tool=t;for(let e of this.tools)
e.setAttribute("aria-pressed",String(e.dataset.tool===t));for(let e of this.panes)e.over.style.cursor=t==="move"?"grab":
"crosshair"}scene(t){this.home=t.extent&&Te(t.extent),this.view=this.home&&{...this.home},this.forget(),this.at=null,this.
home&&this.shape(this.home),this.legendOf(t)}forget(){this.sprites=this.sheets=null}get asImages(){let{lab:{client:t,pictures:e,
scene:s}}=this;return e!==null&&!!(t.model.get("images")??s?.show_images)}toggleImages(){if(!this.lab.pictures)return;let{
model:t}=this.lab.client;t.set("images",!this.asImages);try{t.save_changes()}catch{}this.lab.say(this.asImages?"Points a\
re images.":"Points are dots."),this.lab.again()}sideFor(t,e,s){let{home:i,lab:{scene:a}}=this;if(!this.asImages||!i||!a)
return 0;let n=e.k/Math.min(t.width/i.w,t.height/i.h);return Me(t,a.ids.length,Se(s,e,t),n)}sheetsFor(t,e,s,i){let{ink:a,
pictures:n}=this.lab;if(!n)return null;let h=Math.round(e*s),l=Math.max(1,Math.round(s*(e<20?1.25:1.75))),c=d=>p=>({...this.
mark(t,t.labels[p]),halo:d});return this.sheets?.side!==h&&(this.sheets={side:h,plain:n.sheet(h,c(null),l),strong:null}),
i&&(this.sheets.strong??=n.sheet(Math.round(h*1.25),c(a.text),l)),this.sheets}legendOf(t){let e=new Set(t.labels),s=t.short.
map((i,a)=>({name:i,c:a})).filter(({c:i})=>i<cs&&(!e.size||e.has(i)));this.legend.replaceChildren(...s.map(({name:i,c:a})=>{
let n=o("canvas",{width:28,height:28,"aria-hidden":"true"}),h=this.mark(t,a),l={...h,shape:h.filled?"square":"circle",filled:!1};
return L($(n),this.asImages?l:h,14,14,8.5),o("li",{},n,i)}))}mark(t,e,s=!0){let{ink:i}=this.lab;return{shape:ne(e),color:t.
colors[e]??i.text,filled:t.base?!!t.base[e]:!0,halo:s?i.card:null}}shape({w:t,h:e}){this.row.style.setProperty("--ame-as\
pect",Math.max(.9,Math.min(2,t/e)).toFixed(3))}frameExtent(){let t=ve(this.arms.flatMap(({manifold:e})=>e?[e.points,e.anchors]:
[]));return t&&Te(t)}fit(){let t=this.frameExtent();if(!t)return;let e=this.view&&Math.abs(this.view.w-t.w)+Math.abs(this.
view.x-t.x)<1e-9*t.w;this.view={...e&&this.home?this.home:t},this.redraw()}zoom(t,e=null){let{view:s}=this;s&&(e&&(s.x=e[0]+
(s.x-e[0])*t,s.y=e[1]+(s.y-e[1])*t),s.w*=t,s.h*=t,this.redraw())}draw(t){this.arms=t.arms,this.selected=new Set(t.selection),
this.home||(this.home=this.frameExtent(),this.view=this.home&&{...this.home},this.home&&this.shape(this.home));let e=this.
lab.scene?.ids.length??0,s=Math.min(...this.arms.map(({manifold:a})=>(a?.points.length??0)/2)),i=e.toLocaleString("en");
for(this.note=e?s>0&&s<e?`${s} of ${i} images while it trains`:`${i} images`:"",this.row.dataset.arms=String(this.arms.length);this.
panes.length>this.arms.length;)this.panes.pop()?.el.remove();for(;this.panes.length<this.arms.length;){let a=new ht(this,
this.panes.length);this.panes.push(a),this.row.append(a.el)}this.redraw(),this.table.update()}redraw(){let{view:t,lab:{scene:e}}=this;
if(!(!t||!e)){for(let[s,i]of this.panes.entries())i.draw(this.arms[s],e,t);this.explain(e),this.hover()}}explain(t){let{
asImages:e,lab:{frame:{explained:s}}}=this,i=e&&this.panes.some(({shown:h})=>h?.side===0);v(this.images,!!t.thumbnails),
this.images.getAttribute("aria-pressed")!==String(e)&&(this.images.setAttribute("aria-pressed",String(e)),this.legendOf(
t)),v(this.legend,!e||t.short.length<=ds);let a=t.base?e&&!i?"square: base class, round: new class":"filled: base class,\
 open: new class":"",n=[this.note&&i?`${this.note}, as dots until you zoom in`:this.note,"★ class text",a,s&&`axes: ${s}`];
x(this.footnote,n.filter(Boolean).join(" · "))}theme(){this.forget(),this.lab.scene&&this.legendOf(this.lab.scene),this.
redraw()}spritesFor(t,e){if(this.sprites?.radius===e)return this.sprites;let{ink:s}=this.lab,i=e>4,a=Math.max(1,t.short.
length),n=(l,c)=>Array.from({length:a},(d,p)=>Dt({...this.mark(t,p,i),...l},e,c)),h=Array.from({length:a},(l,c)=>Dt({...this.
mark(t,c),halo:s.text,inside:s.card,edge:.4},e*1.2));return this.sprites={radius:e,plain:n({},i?.95:.8),dim:n({halo:null},
.16),strong:h},this.sprites}select(t,e=!1){let s=e?[...new Set([...this.selected,...t])]:t;this.selected=new Set(s),this.
lab.command("select",{ids:s}),this.redraw()}hover(t=this.at,e=null){for(let s of this.panes)s.overlay(t,e===s||e===null&&
s===this.panes[0])}describe(t,e,s){let i=t.labels[e],a=s?.manifold?.prediction[e],n=h=>t.short[h]??"–";return{id:t.ids[e],
caption:t.captions[e]??t.class_names[i]??"",label:n(i),predicted:a===void 0?"–":n(a),right:a===void 0?null:a===i,entropy:s?.
manifold?.entropy[e]}}rows(){let{scene:t}=this.lab,e=[];if(t){let s=[...t.ids.keys()],i=a=>Number(this.selected.has(t.ids[a]));
this.selected.size&&s.sort((a,n)=>i(n)-i(a));for(let a of this.arms)for(let n of s.slice(0,Math.ceil(200/this.arms.length))){
let{id:h,label:l,predicted:c,entropy:d}=this.describe(t,n,a),p=a.manifold?.points;e.push([a.name,h,l,c,d,p?.[2*n],p?.[2*
n+1]])}}return{columns:["arm","id","class","answer","entropy (nats)","axis 1","axis 2"],rows:e}}};var j=11;function ps(r,t,e,s){let i=[...r],a=r[t];for(let n=t;n!==e;n+=Math.sign(e-t))i[n]=a+(s-a)*(n-t)/(e-t);return i[e]=
s,i}var pt=class{constructor(t,{term:e,low:s,high:i},a,n,h){this.lab=t,this.term=e,this.low=s,this.high=i,this.locked=n,
this.report=h,this.values=a,this.cursor=0,this.last=null,this.canvas=o("canvas",{class:"ame-sketch",tabindex:"0",role:"a\
pplication","aria-label":`Sketch ${R[e]?.label??e} from ${s} to ${i} over the run. Left and right choose a place, up and\
 down set its height.`}),this.el=o("div",{},this.canvas);let l=c=>!n&&c.buttons&&this.put(c.offsetX/this.canvas.clientWidth,
1-c.offsetY/this.canvas.clientHeight);this.canvas.addEventListener("pointerdown",c=>{this.canvas.setPointerCapture(c.pointerId),
this.last=null,l(c)}),this.canvas.addEventListener("pointermove",l),this.canvas.addEventListener("keydown",c=>this.key(c))}put(t,e){
let s=Math.round(Math.max(0,Math.min(1,t))*(j-1)),i=this.low+(this.high-this.low)*Math.max(0,Math.min(1,e));this.values=
ps(this.values??new Array(j).fill(i),this.last??s,s,i),this.last=s,this.report(this.values),this.draw(this.lab.frame)}key(t){
let e={ArrowLeft:-1,ArrowRight:1}[t.key]??0,s={ArrowUp:.05,ArrowDown:-.05}[t.key]??0;if(!(!e&&!s||this.locked)){if(t.preventDefault(),
t.stopPropagation(),e)this.cursor=Math.max(0,Math.min(j-1,this.cursor+e));else{let i=this.values??new Array(j).fill((this.
low+this.high)/2);this.values=i,this.last=this.cursor,this.put(this.cursor/(j-1),(i[this.cursor]-this.low)/(this.high-this.
low)+s)}this.lab.say(`Place ${this.cursor+1} of ${j}: ${P(this.values?.[this.cursor])}`),this.draw(this.lab.frame)}}draw(t){
let{width:e,height:s,scale:i}=B(this.canvas);if(!e)return;let{ink:a}=this.lab,n=$(this.canvas);n.setTransform(i,0,0,i,0,
0),n.fillStyle=a.soft,n.fillRect(0,0,e,s);let h=l=>s-s*(l-this.low)/(this.high-this.low);n.font=`11px ${a.font}`,n.fillStyle=
a.muted,n.fillText(P(this.high),3,12),n.fillText(P(this.low),3,s-4),this.values?(n.strokeStyle=a.text,n.lineWidth=2,n.setLineDash(
[4,3]),n.beginPath(),this.values.forEach((l,c)=>n[c?"lineTo":"moveTo"](e*c/(j-1),h(l))),n.stroke(),n.setLineDash([])):n.
fillText("draw here",e/2-22,s/2),(this.locked?t.arms:[]).forEach((l,c)=>{let d=l.series[this.term];if(d){n.strokeStyle=O(
c),n.beginPath();for(let p=0;p<d.x.length;p++)n[p?"lineTo":"moveTo"](e*d.x[p]/(t.steps||1),h(d.y[p]));n.stroke()}}),document.
activeElement===this.canvas&&(n.fillStyle=a.accent,n.fillRect(e*this.cursor/(j-1)-1,0,2,s))}};var $e=.4,ut=class{constructor(){this.shown=new E,this.list=o("ul",{class:"ame-findings","data-testid":"diagnosis"}),this.
el=o("section",{class:"ame-card","aria-label":"Diagnosis"},o("header",{},o("h3",{},"Diagnosis")),this.list)}draw({diagnosis:t}){
if(!this.shown.isNew(t))return;let e={ok:{sign:"✓",name:"Fine"},warn:{sign:"!",name:"Watch"},alarm:{sign:"✗",name:"B\
roken"}},s=t.length?t:[{level:"ok",text:"Nothing to report yet."}];this.list.replaceChildren(...s.map(({level:i,text:a})=>o(
"li",{"data-level":i},o("b",{"aria-hidden":"true"},e[i].sign),o("span",{},o("span",{class:"ame-hidden"},`${e[i].name}: `),
a))))}},mt=class{constructor(){this.shape=new E,this.drawnAt=0,this.table=o("table",{"data-testid":"delta"}),this.body=o(
"tbody",{}),this.el=o("section",{class:"ame-card","aria-label":"What the last step changed"},o("header",{},o("h3",{},"Wh\
at the last step changed")),o("div",{class:"ame-delta",tabindex:"0",role:"region","aria-label":"Delta table"},this.table))}draw(t){
if(t.state==="playing"&&M()-this.drawnAt<$e)return;this.drawnAt=M();let{columns:e,rows:s}=t.delta;v(this.el,e.length>0),
this.shape.isNew([e,s.map(i=>i.length)])&&(this.body=o("tbody",{},s.map(i=>i.length===1?o("tr",{class:"ame-since"},o("th",
{scope:"rowgroup",colspan:e.length})):o("tr",{},e.map((a,n)=>n?o("td",{},o("b",{}),o("small",{})):o("th",{scope:"row"}))))),
this.table.dataset.columns=String(e.length),this.table.style.setProperty("--ame-columns",String(e.length)),this.table.replaceChildren(
o("thead",{},o("tr",{},e.map(i=>o("th",{scope:"col",title:i||null},i||o("span",{class:"ame-hidden"},"quantity"))))),this.
body)),s.forEach((i,a)=>i.forEach((n,h)=>{let l=this.body.children[a].children[h],c=typeof n=="string"?{value:n,trend:null,
by:""}:n;if(!h)return x(l,c.value);let[d,p]=l.children;x(d,c.value),x(p,c.trend===null?"":c.trend==="same"?"= same":`${c.
trend==="up"?"▲ +":"▼ −"}${c.by}`)}))}},ft=class{constructor(t){this.lab=t,this.shape=new E,this.questions=[],this.
answers={},this.sketches=[],this.outcomes=new Map,this.tried=!1,this.body=o("div",{}),this.commit=o("button",{type:"subm\
it",class:"ame-button ame-primary","data-testid":"commit"},"Commit my prediction"),this.note=o("p",{class:"ame-muted",role:"\
status"}),this.el=o("section",{class:"ame-card ame-predict","aria-label":"Predict, then run"},o("header",{},o("h3",{},"P\
redict, then run")),o("form",{onsubmit:e=>this.submit(e)},this.body,this.note,this.commit))}submit(t){t.preventDefault(),
this.tried=!0,this.tell(),this.missing().length||this.lab.command("predict",{answers:this.answers})}missing(){return this.
questions.filter(({id:t})=>this.answers[t]===void 0)}answer(t,e){this.answers[t]=e,this.tell()}tell(){let t=this.lab.frame.
prediction?.waiting,e=this.tried?this.missing():[];x(this.note,t?e.length?`Still open: ${e.map(({text:s})=>s).join(" ")}`:
"Commit your prediction to unlock play.":"Committed. The result appears below your answer.")}draw(t){let{prediction:e}=t;
if(v(this.el,e!==null),!e)return;let{questions:s,answers:i,outcome:a,waiting:n}=e;this.shape.isNew([s,n])&&(this.questions=
s,this.answers={...i},this.tried=!1,this.sketches=[],this.outcomes=new Map,this.body.replaceChildren(...s.map(h=>this.question(
h,!n)))),v(this.commit,n),this.tell();for(let[h,l]of this.outcomes){let c=a[h];if(v(l,!!c),!c)continue;let{text:d,right:p}=c;
l.className=`ame-outcome ${p===!0?"ame-right":p===!1?"ame-wrong":""}`,x(l,`${p===!0?"✓ ":p===!1?"✗ ":""}${d}`)}for(let h of this.
sketches)h.draw(t)}question({id:t,text:e,options:s,sketch:i},a){let n=o("p",{class:"ame-outcome",hidden:!0});this.outcomes.
set(t,n);let h=this.answers[t];if(i){let c=new pt(this.lab,i,Array.isArray(h)?[...h]:null,a,d=>this.answer(t,d));return this.
sketches.push(c),o("fieldset",{"data-testid":`predict-${t}`},o("legend",{},e),c.el,n)}let l=Z();return o("fieldset",{disabled:a,
"data-testid":`predict-${t}`},o("legend",{},e),o("div",{class:"ame-options"},(s??[]).map(c=>o("label",{},o("input",{type:"\
radio",name:l,value:c,checked:h===c,onchange:()=>this.answer(t,c)}),` ${c}`))),n)}},us=40,gt=class{constructor(t){this.lab=
t,this.listed=new E,this.drawnAt=0,this.count=o("span",{class:"ame-muted"}),this.whose=o("span",{class:"ame-muted","data\
-testid":"selection-arm"}),this.clear=o("button",{type:"button",class:"ame-quiet","data-testid":"clear-selection",onclick:()=>t.
command("select",{ids:[]})},"Clear"),this.body=o("tbody",{}),this.hint=o("p",{class:"ame-muted"},"Draw a lasso around po\
ints, or click one. In Python: .selection of this lab is a table of them."),this.scroll=o("div",{class:"ame-scroll",hidden:!0,
tabindex:"0",role:"region","aria-label":"Selected images"},o("table",{"data-testid":"selection"},o("thead",{},o("tr",{},
["","id","class","answer","entropy"].map(e=>o("th",{scope:"col"},e||o("span",{class:"ame-hidden"},"picture"))))),this.body)),
this.el=o("section",{class:"ame-card","aria-label":"Selection"},o("header",{},o("h3",{},"Selection"),this.count,this.whose,
o("span",{class:"ame-push"}),this.clear),this.hint,this.scroll)}draw(t){let{lab:e}=this,{scene:s}=e,i=t.selection;if(t.state===
"playing"&&i.length&&M()-this.drawnAt<$e)return;this.drawnAt=M(),v(this.hint,!i.length),v(this.scroll,i.length>0),v(this.
clear,i.length>0),x(this.count,i.length?`${i.length} image${i.length>1?"s":""}`:"");let a=s?i.slice(0,us).flatMap(h=>e.rowOf.
get(h)??[]):[],n=t.arms.at(-1);x(this.whose,n&&t.arms.length>1&&a.length?`answers of ${n.name}`:""),this.listed.isNew([e.
scenes,a])&&this.body.replaceChildren(...a.map(h=>{let l=o("canvas",{class:"ame-thumb-small","aria-hidden":"true"});return e.
thumbnail(l,h),o("tr",{},o("td",{},l),o("td",{}),o("td",{}),o("td",{}),o("td",{}))})),s&&a.forEach((h,l)=>{let c=e.manifold.
describe(s,h,n),[,d,p,m,u]=this.body.children[l].children;x(d,String(c.id)),x(p,c.label),x(m,lt(c)),m.className=ct(c),x(
u,P(c.entropy))})}};function ms(r){let t=r.trim();return t.match(/^lab\(\s*["'](.*)["']\s*\)$/)?.[1]??t}var bt=class{constructor(t){
this.lab=t,this.names=new E,this.arm=o("select",{"aria-label":"Arm of the recipe",onchange:()=>this.draw(t.frame)}),this.
token=o("input",{type:"text",readonly:!0,"data-testid":"recipe-token","aria-label":"Recipe as one token",onfocus:()=>this.
token.select()}),this.copy=o("button",{type:"button",class:"ame-button","data-testid":"copy-recipe",onclick:()=>this.put()},
"Copy"),this.given=o("input",{type:"text",placeholder:"ame1:…","data-testid":"restore-token","aria-label":"Token to re\
store",spellcheck:"false"}),this.restore=o("button",{type:"submit",class:"ame-button","data-testid":"restore"},"Restore"),
this.el=o("section",{class:"ame-card ame-recipe","aria-label":"Recipe"},o("header",{},o("h3",{},"Recipe"),o("span",{class:"\
ame-push"}),this.arm),o("div",{class:"ame-field"},this.token,this.copy),o("form",{class:"ame-field",onsubmit:e=>{e.preventDefault();
let s=ms(this.given.value);s&&t.anew(()=>t.command("restore",{token:s}),this.lost(t.frame))}},this.given,this.restore),o(
"p",{class:"ame-muted"},'The whole run, steering included, as one string: lab("ame1:…") restores it.'))}lost({arms:t,step:e,
to_lose:s}){return t.length<2?s:`All ${t.length} arms as they stand at step ${e}${s&&`, with ${s},`}`}async put(){try{await navigator.
clipboard.writeText(this.token.value)}catch{this.token.select(),document.execCommand("copy")}x(this.copy,"Copied"),this.
lab.say("Recipe copied."),setTimeout(()=>x(this.copy,"Copy"),1500)}draw({arms:t}){if(this.names.isNew(t.map(i=>i.name))){
let i=this.arm.value;this.arm.replaceChildren(...t.map(a=>o("option",{value:a.name},a.name))),this.arm.value=t.some(a=>a.
name===i)?i:t.at(-1)?.name??"",v(this.arm,t.length>1)}let e=t.find(i=>i.name===this.arm.value)?.recipe_token??"",s=e&&e+
this.lab.probe.token;this.token.value!==s&&(this.token.value=s),this.restore.disabled=this.given.disabled=this.lab.locked(
"restore")}};var fs=3,Ce=6,Ee=4;function Pe(r,t){return[...Array.from(r).keys()].sort((e,s)=>r[s]-r[e]).slice(0,t)}function gs(r){let t=[
...new Set(r.flatMap(({shares:s})=>Pe(s,fs).filter(i=>s[i]>=.01)))],e=s=>Math.max(...r.map(({shares:i})=>i[s]));return t.
sort((s,i)=>e(i)-e(s)).slice(0,Ce)}var wt=class{constructor(t){this.lab=t,this.rows=new E,this.pictures=[],this.cells=[],
this.body=o("tbody",{}),this.head=o("thead",{}),this.caption=o("caption",{class:"ame-muted"}),this.table=o("table",{class:"\
ame-probe-table","data-testid":"probe-answers"},this.caption,this.head,this.body),this.el=o("div",{class:"ame-probe-answ\
ers",hidden:!0,tabindex:"0",role:"region","aria-label":"Answers to the probe"},this.table)}color(t){let e=this.lab.frame.
arms.findIndex(s=>s.name===t);return e<0?this.lab.ink.muted:O(e)}inner(t,e){return this.cells[t][e].firstChild}pictured(t){
return this.pictures[t]??=new E}draw({answers:t,kind:e}){let{scene:s}=this.lab;if(v(this.el,t.length>0&&s!==null),!t.length||
!s)return;let i=gs(t),a=e==="text";if(x(this.caption,a?"Classes of the images that this text finds":"Which class text it\
 is"),this.rows.isNew([i,t.map(({name:n})=>[n,this.color(n)]),a,this.lab.scenes])){this.head.replaceChildren(o("tr",{},o(
"th",{scope:"col"},o("span",{class:"ame-hidden"},"class")),t.map(({name:h})=>o("th",{scope:"col"},o("span",{class:"ame-s\
watch",style:`background: ${this.color(h)}`,"aria-hidden":"true"}),h))));let n=(h,l="",c="")=>o("tr",{class:c||null},o("\
th",{scope:"row",title:l||null},h),t.map(()=>o("td",{},o("div",{}))));this.body.replaceChildren(...i.map(h=>o("tr",{class:"\
ame-probe-bar"},o("th",{scope:"row",title:s.class_names[h]},s.short[h]),t.map(({name:l})=>o("td",{},o("span",{class:"ame\
-bar-of",style:`--ame-bar: ${this.color(l)}`}),o("b",{}))))),n("entropy, nats",a?"of these classes":"of the answer over \
all class texts"),n("nearest texts","","ame-probe-texts"),n("nearest images","","ame-probe-images"),...a?[n("claims","im\
ages that are nearer to this text than to every class text","ame-probe-claims")]:[],...Array.from({length:Ce-i.length},()=>o(
"tr",{class:"ame-probe-bar","aria-hidden":"true"},o("td",{colspan:t.length+1}," ")))),this.cells=[...this.body.children].
map(h=>[...h.children].slice(1)),this.pictures=[]}i.forEach((n,h)=>t.forEach(({shares:l},c)=>{let d=this.cells[h][c];d.firstChild.
style.setProperty("--ame-share",`${Math.round(100*l[n])}%`),x(d.lastChild,`${Math.round(100*l[n])} %`)})),t.forEach((n,h)=>{
let l=i.length;x(this.inner(l,h),U(n.entropy,2)),x(this.inner(l+1,h),n.texts.slice(0,3).map(({text:c})=>c).join(", ")),this.
cells[l+1][h].title=n.texts.map(({text:c,cosine:d})=>`${c}: cosine ${U(d,2)}`).join(`
`)}),t.forEach((n,h)=>{let l=i.length+2,c=[...n.images].slice(0,Ee);this.pictured(h).isNew([this.lab.scenes,c])&&this.inner(
l,h).replaceChildren(this.thumbs(c)),n.claims&&this.pictured(t.length+h).isNew([this.lab.scenes,[...n.claims],n.claimed,
n.of])&&this.inner(l+1,h).replaceChildren(`${n.claimed} of ${n.of}`,this.thumbs([...n.claims].slice(0,Ee)),n.claimed?o("\
button",{type:"button",class:"ame-quiet",onclick:()=>this.lab.command("select",{ids:[...n.claims]})},"Select"):"")})}thumbs(t){
let{lab:e}=this;return o("span",{class:"ame-probe-thumbs"},t.map(s=>{let i=e.rowOf.get(s),a=o("canvas",{class:"ame-thumb\
-small","aria-hidden":"true"}),n=i===void 0?String(s):e.scene?.captions[i]??String(s),h=i!==void 0&&e.thumbnail(a,i);return o(
"button",{type:"button",class:"ame-probe-thumb",title:n,"aria-label":`Select ${n}`,onclick:()=>e.command("select",{ids:[
s]})},h?a:n)}))}sentence({answers:t,kind:e}){let{scene:s}=this.lab;return!s||!t.length?"":`${t.map(({name:i,shares:a,entropy:n,
claimed:h,texts:l})=>{let[c]=Pe(a,1),d=l[0]&&l[0].text!==s.class_names[c]?`, nearest text ${l[0].text}`:"";return`${i}: ${s.
class_names[c]} ${Math.round(100*a[c])} %${e==="text"?`, claims ${h} images`:d}, entropy ${U(n,2)} nats`}).join("; ")}.`}},
yt=class{constructor(t){this.lab=t,this.canvas=o("canvas",{class:"ame-walk",role:"img","data-testid":"walk"}),this.words=
o("p",{class:"ame-muted","data-testid":"walk-words"}),this.el=o("div",{hidden:!0},this.canvas,this.words)}draw({walk:t},e){
let{scene:s,ink:i}=this.lab;if(v(this.el,!!(t&&s)),!t||!s)return;this.canvas.style.height=`${56*t.paths.length+16}px`;let{
width:a,height:n,scale:h}=B(this.canvas);if(!a||!n)return;let l=$(this.canvas);l.setTransform(h,0,0,h,0,0),l.clearRect(0,
0,a,n);let c=Math.max(.1,...t.paths.flatMap(({entropy:b})=>[...b])),d=4,p=a-4,m=56,u=16;l.textBaseline="middle",t.paths.
forEach(({name:b,answers:k,entropy:y},w)=>{let S=w*m+4,T=S+m-u-8,N=k.length,I=A=>d+(p-d)*A/(N-1);for(let{answer:A,from:D,
to:F}of Ie(k)){let[G,q]=[I(Math.max(0,D-.5)),I(Math.min(N-1,F+.5))];l.fillStyle=s.colors[A]??i.muted,l.fillRect(G,T+2,q-
G-1,4),l.font=`11.5px ${i.font}`,l.fillStyle=i.text;let W=s.short[A]??"";l.measureText(W).width<q-G&&l.fillText(W,G+1,T+
13)}l.strokeStyle=e(b),l.lineWidth=2,l.beginPath(),y.forEach((A,D)=>l.lineTo(I(D),T-(T-S-2)*A/c)),l.stroke(),l.font=`600\
 11.5px ${i.font}`,l.fillStyle=i.muted,l.fillText(b,d,S+6)}),l.font=`11.5px ${i.font}`,l.fillStyle=i.muted;let g=[t.first||
"now",t.second||"now"];l.fillText(g[0],d,n-7),l.fillText(g[1],p-l.measureText(g[1]).width,n-7);let f=t.paths.map(({name:b,
answers:k,entropy:y})=>`${b}: ${Ie(k).map(({answer:w})=>s.short[w]).join(" → ")}, entropy up to ${U(Math.max(...y),2)}\
 nats`).join("; ");x(this.words,f),this.canvas.setAttribute("aria-label",`Walk from ${g[0]} to ${g[1]}. ${f}. Curves: pr\
edictive entropy; strips: the answer.`)}};function Ie(r){let t=[];for(let e=0;e<r.length;e++){let s=t.at(-1);s?.answer===
r[e]?s.to=e:t.push({answer:r[e],from:e,to:e})}return t}var kt=class{constructor(t,e,s,i){this.page=t,this.send=e,this.clock=s,this.later=i,this.n=Math.floor(1e6*Math.random()),
this.flying=null,this.gap=0,this.askedAt=-1/0,this.resting=!1,this.next=null}tell(t){return this.n+=1,this.send({...t,by:this.
page,n:this.n}),this.n}ask(t){this.next={action:"ask",probe:t},this.pump()}drop(){this.next=null}pump(){if(!this.next||this.
flying&&this.clock()-this.flying.since<1.5)return;let t=this.gap-(this.clock()-this.askedAt);if(t>1e-6){this.resting||this.
later(()=>this.rested(),t),this.resting=!0;return}this.askedAt=this.clock();let e=this.next;this.next=null;let s=this.flying=
{n:this.tell(e),since:this.clock()};this.later(()=>this.flying===s&&this.pump(),1.5)}rested(){this.resting=!1,this.pump()}answered({
by:t,n:e}){if(t!==this.page||!this.flying||e<this.flying.n)return null;let s=this.clock()-this.flying.since;return this.
flying=null,this.pump(),s}get busy(){return this.flying!==null||this.next!==null}};var jt=new WeakMap;function bs(r){let t=jt.get(r);return t||(jt.set(r,t=o("canvas",{class:"ame-probe-layer","aria-hidden":"\
true"})),r.canvas.after(t)),t}function Oe(r,t,e,s){if(!r.shown||!t?.answers.length&&!t?.kept.length&&!jt.has(r))return;let{
arm:i,size:a,place:n,scene:h}=r.shown,{ink:l}=r.owner.lab,c=bs(r);B(c);let d=$(c);if(d.setTransform(a.scale,0,0,a.scale,
0,0),d.clearRect(0,0,a.width,a.height),!t)return;d.lineJoin="round";let p=(k,y=0)=>_(n,k[2*y],k[2*y+1]),m=(k,y,w,S=[])=>{
d.strokeStyle=y,d.lineWidth=w,d.setLineDash(S),d.beginPath();for(let[T,N]of k)d.lineTo(T,N);d.stroke(),d.setLineDash([])},
u=t.walk?.paths.find(({name:k})=>k===i.name);if(u){let k=Array.from(u.answers,(y,w)=>p(u.points,w));m(k,l.card,5),m(k,l.
text,2),k.forEach(([y,w],S)=>L(d,{...r.owner.mark(h,u.answers[S]),halo:l.card},y,w,4))}for(let k of t.kept){let y=k.marks.
find(({name:w})=>w===i.name);y&&Ne(d,p(y.point),e(k.name),20,l)}let g=t.answers.find(({name:k})=>k===i.name),f=t.answers.
find(({name:k})=>k==="teacher");if(!g)return;let b=p(g.point);if(s.length>1&&m(s.map(([k,y])=>_(n,k,y)),l.accent,2),f&&t.
kind!=="text"){let k=p(f.point);m([b,k],l.text,1.5,[3,3]),L(d,{shape:"diamond",color:l.text,filled:!1,halo:l.card,inside:l.
card},...k,6.5),Le(d,"teacher",k,9,l,"12px")}Ne(d,b,e(""),32,l)}function Ne(r,[t,e],{picture:s,kind:i,name:a},n,h){let l=n/
2;s?(r.fillStyle=h.card,r.fillRect(t-l-4,e-l-4,n+8,n+8),r.imageSmoothingEnabled=!1,r.drawImage(s,t-l,e-l,n,n),r.strokeStyle=
h.accent,r.lineWidth=3,r.strokeRect(t-l-2,e-l-2,n+4,n+4)):L(r,{shape:i==="text"?"star":"circle",color:h.accent,filled:!0,
halo:h.text,edge:.3},t,e,.42*n),Le(r,a,[t,e],l+5,h)}function Le(r,t,[e,s],i,a,n="600 13px"){if(!t)return;r.font=`${n} ${a.
font}`,r.textBaseline="middle";let h=r.measureText(t).width,l=e+i+h>r.canvas.clientWidth-2?e-i-h:e+i;r.lineWidth=4,r.strokeStyle=
a.card,r.fillStyle=a.text,r.strokeText(t,l,s),r.fillText(t,l,s)}var xt={rotate:0,blur:0,noise:0,share:.5};function vt(r,t,e){let s=new Float32Array(3*r*t);for(let i=0;i<s.length;i++)s[i]=
e[i%3];return{width:r,height:t,data:s}}var Mt=(r,t,e)=>({width:t,height:e,data:Float32Array.from(r)});function ws(r,t,e){
return{...r,data:r.data.map((s,i)=>s+e*(t.data[i]-s))}}function ys(r,t,e){if(t%360===0)return r;let{width:s,height:i,data:a}=r,
n=vt(s,i,e),[h,l]=[Math.cos(t*Math.PI/180),Math.sin(t*Math.PI/180)],[c,d]=[(s-1)/2,(i-1)/2],p=(m,u,g)=>m<0||u<0||m>=s||u>=
i?e[g]:a[3*(u*s+m)+g];for(let m=0;m<i;m++)for(let u=0;u<s;u++){let g=h*(u-c)+l*(m-d)+c,f=h*(m-d)-l*(u-c)+d,[b,k]=[Math.floor(
g),Math.floor(f)],[y,w]=[g-b,f-k];for(let S=0;S<3;S++)n.data[3*(m*s+u)+S]=(1-w)*((1-y)*p(b,k,S)+y*p(b+1,k,S))+w*((1-y)*p(
b,k+1,S)+y*p(b+1,k+1,S))}return n}function ks(r,t){if(!(t>0))return r;let e=Math.ceil(3*t),s=Array.from({length:2*e+1},(l,c)=>Math.
exp(-((c-e)**2)/(2*t*t))),i=s.reduce((l,c)=>l+c,0),{width:a,height:n}=r,h=(l,c,d)=>{let p=new Float32Array(l.length);for(let m=0;m<
n;m++)for(let u=0;u<a;u++)for(let g=-e;g<=e;g++){let f=Math.max(0,Math.min(a-1,u+g*c)),b=Math.max(0,Math.min(n-1,m+g*d)),
k=s[g+e]/i;for(let y=0;y<3;y++)p[3*(m*a+u)+y]+=k*l[3*(b*a+f)+y]}return p};return{...r,data:h(h(r.data,1,0),0,1)}}function xs(r,t){
if(!(t>0))return r;let e=2654435769,s=()=>(e^=e<<13,e^=e>>>17,e^=e<<5,(e>>>0)/4294967296),i=Float32Array.from(r.data);for(let a=0;a<
i.length;a+=3){let n=255*t*(s()+s()+s()-1.5);for(let h=0;h<3;h++)i[a+h]=Math.max(0,Math.min(255,i[a+h]+n))}return{...r,data:i}}
function De(r,t,e,s){let i=t?ws(r,t,e.share):r;return xs(ks(ys(i,e.rotate,s),e.blur),e.noise)}function Be(r,t,e){let{width:s,
height:i}=r,a=Float32Array.from(r.data),n=s*e;for(let h=0;h<i;h++)for(let l=0;l<s;l++){let c=0,d=[0,0,0];for(let m=0;m<e;m++)
for(let u=0;u<e;u++){let g=4*((h*e+m)*n+l*e+u),f=t[g+3]/255;if(f){c+=f;for(let b=0;b<3;b++)d[b]+=f*t[g+b]}}if(!c)continue;
let p=3*(h*s+l);for(let m=0;m<3;m++)a[p+m]=(d[m]+(e*e-c)*a[p+m])/(e*e)}return{...r,data:a}}var Kt=({data:r})=>Uint8ClampedArray.
from(r,Math.round);function Re(r){let t=Kt(r),e="";for(let s=0;s<t.length;s+=4096)e+=String.fromCharCode(...t.subarray(s,
s+4096));return{kind:"image",width:r.width,height:r.height,pixels:btoa(e)}}var Fe=r=>`#${[0,1,2].map(t=>Math.max(0,Math.
min(255,Math.round(r[t]))).toString(16).padStart(2,"0")).join("")}`;var vs=.03,Ms=240,_e=[["#1f1f1f","black"],["#ffffff","white"],["#d81e2c","red"],["#f28c1c","orange"],["#f9cc30","yellow"],
["#2e9e4f","green"],["#2b78d0","blue"],["#8645b8","purple"],["#f06ea9","pink"],["#8a5a35","brown"]],Ss=[["#000000","blac\
k"],["#555555","dark grey"],["#999999","grey"],["#cccccc","light grey"],["#ffffff","white"]],St=class{constructor(t,e){this.
lab=t,this.report=e,this.scale=10,this.ground=[255,255,255],this.base=vt(24,24,this.ground),this.picked={first:null,second:null},
this.changes={...xt},this.shown=this.base,this.image=this.base,this.strokes=[],this.stroke=null,this.color=_e[2][0],this.
erasing=!1,this.pen={x:12,y:12,down:!1},this.due=0,this.finished=-1/0,this.layer=document.createElement("canvas"),this.canvas=
o("canvas",{class:"ame-pad",tabindex:"0",role:"application","data-testid":"pad","aria-label":"Drawing pad. Arrow keys mo\
ve the pen, Space puts it down or lifts it, Enter makes a dot, U undoes, X erases."}),this.seen=o("canvas",{class:"ame-p\
ad-seen","aria-hidden":"true",title:"What the models see"}),this.swatches=o("div",{class:"ame-swatches",role:"group","ar\
ia-label":"Colour"}),this.size=o("input",{type:"range",min:.5,max:8,step:.5,value:"2.5","aria-label":"Brush, pixels of t\
he image","data-testid":"brush"}),this.eraser=o("button",{type:"button",class:"ame-quiet","aria-pressed":"false",title:"\
Erase (X)",onclick:()=>this.erase(!this.erasing)},"Eraser"),this.undoing=o("button",{type:"button",class:"ame-quiet",title:"\
Undo the last stroke (U)","data-testid":"undo",onclick:()=>this.undo()},"Undo"),this.clearing=o("button",{type:"button",
class:"ame-quiet",title:"Empty the pad","data-testid":"clear-pad",onclick:()=>this.clear()},"Clear"),this.el=o("div",{class:"\
ame-pad-box"},o("div",{class:"ame-pad-row"},this.canvas,o("div",{class:"ame-pad-tools"},this.swatches,o("label",{class:"\
ame-pad-size"},"Brush",this.size),o("div",{},this.eraser,this.undoing,this.clearing),o("div",{class:"ame-pad-note"},this.
seen,o("span",{class:"ame-muted"},"as the models see it"))))),this.canvas.addEventListener("pointerdown",s=>this.down(s)),
this.canvas.addEventListener("pointermove",s=>this.move(s)),this.canvas.addEventListener("pointerup",()=>this.lift()),this.
canvas.addEventListener("pointercancel",()=>this.lift()),this.canvas.addEventListener("keydown",s=>this.key(s)),this.canvas.
addEventListener("focus",()=>this.paint()),this.canvas.addEventListener("blur",()=>{this.pen.down=!1,this.lift(),this.paint()})}world([
t,e,s],i){this.ground=i,this.scale=Math.max(1,Math.round(Ms/Math.max(e,s))),this.base=vt(s,e,this.ground),this.picked={first:null,
second:null},this.strokes=[],this.canvas.width=this.layer.width=s*this.scale,this.canvas.height=this.layer.height=e*this.
scale,this.seen.width=s,this.seen.height=e,this.pen={x:s/2,y:e/2,down:!1},this.size.max=String(Math.max(2,Math.round(e/3))),
this.size.value=String(Math.max(.5,Math.round(e/9)));let a=t===1?Ss:_e,n=i[0]+i[1]+i[2]<382;this.color=t===1?n?"#ffffff":
"#000000":a[2][0],this.swatches.replaceChildren(...a.map(([h,l])=>o("button",{type:"button",class:"ame-swatch-button",style:`\
background: ${h}`,title:l,"aria-label":l,"data-color":h,onclick:()=>this.pickColor(h)})),t===1?"":o("input",{type:"color",
"aria-label":"Another colour",value:"#d81e2c",oninput:h=>this.pickColor(h.target.value)})),this.pickColor(this.color),this.
renew(!1)}pickColor(t){this.color=t,this.erase(!1);for(let e of this.swatches.querySelectorAll("button"))e.setAttribute(
"aria-pressed",String(e.dataset.color===t))}erase(t){this.erasing=t,this.eraser.setAttribute("aria-pressed",String(t))}get empty(){
return!this.strokes.length&&!this.picked.first}take(t,e){this.picked[t]=e,t==="first"&&(this.strokes=[]),this.renew()}load(t){
this.picked={first:t,second:null},this.strokes=[],this.changes={...xt},this.renew()}clear(){this.picked={first:null,second:null},
this.strokes=[],this.changes={...xt},this.renew(),this.lab.say("The pad is empty.")}undo(){if(this.stroke=null,!this.strokes.
pop())return this.lab.say("Nothing to undo.");this.lab.say("Undone."),this.renew()}renew(t=!0){let e=this.picked.first??
this.base;this.shown=De(e,this.picked.second,this.changes,this.ground);let s=$(this.layer,{willReadFrequently:!0});s.clearRect(
0,0,this.layer.width,this.layer.height);for(let i of this.strokes)for(let a=0;a<i.points.length;a++)this.segment(s,i,a);
this.finish(t)}segment(t,{color:e,size:s,points:i},a){let{scale:n}=this,[h,l,c]=i[a],[d,p]=i[Math.max(0,a-1)];t.strokeStyle=
e,t.lineWidth=s*n*c,t.lineCap=t.lineJoin="round",t.beginPath(),t.moveTo(d*n,p*n),t.lineTo(h*n+(a?0:.01),l*n),t.stroke()}finish(t){
this.finished=M();let{layer:e,scale:s}=this,{data:i}=$(e,{willReadFrequently:!0}).getImageData(0,0,e.width,e.height);this.
image=Be(this.shown,i,s),this.undoing.disabled=!this.strokes.length,this.paint(),t&&this.report(this.image)}paint(){let{
canvas:t,shown:e,scale:s,image:i}=this,a=$(t);At(this.seen,i);let n=document.createElement("canvas");if(n.width=e.width,
n.height=e.height,At(n,e),a.imageSmoothingEnabled=!1,a.drawImage(n,0,0,t.width,t.height),a.drawImage(this.layer,0,0),document.
activeElement!==t||!t.matches(":focus-visible"))return;let[h,l,c]=[this.pen.x*s,this.pen.y*s,Math.max(3,Number(this.size.
value)*s/2)];for(let[d,p]of[["#fff",4],[this.pen.down?"#d81e2c":"#1f1f1f",2]])a.strokeStyle=d,a.lineWidth=p,a.beginPath(),
a.arc(h,l,c,0,2*Math.PI),a.stroke()}begin(t,e,s=1){this.stroke={color:this.erasing?Fe(this.ground):this.color,size:Number(
this.size.value),points:[]},this.strokes.push(this.stroke),this.extend(t,e,s)}extend(t,e,s=1){if(this.stroke&&(this.stroke.
points.push([t,e,s]),this.segment($(this.layer,{willReadFrequently:!0}),this.stroke,this.stroke.points.length-1),!this.due)){
if(M()-this.finished>vs)return this.finish(!0);this.due=requestAnimationFrame(()=>{this.due=0,this.finish(!0)})}}lift(){
this.stroke=null}place(t){let e=this.canvas.getBoundingClientRect(),s=t.pointerType==="pen"&&t.pressure>0?.4+1.2*t.pressure:
1;return[(t.clientX-e.left)/e.width*this.base.width,(t.clientY-e.top)/e.height*this.base.height,s]}down(t){if(!(t.button>
0&&t.button!==5)){t.preventDefault(),this.canvas.focus({preventScroll:!0});try{this.canvas.setPointerCapture(t.pointerId)}catch{}
t.button===5&&this.erase(!0),this.begin(...this.place(t))}}move(t){if(!(!this.stroke||!t.buttons)){for(let e of t.getCoalescedEvents?.()??
[])this.extend(...this.place(e));this.extend(...this.place(t))}}key(t){let{pen:e,base:s}=this,i=t.key.toLowerCase()==="z"&&
(t.ctrlKey||t.metaKey);if((t.ctrlKey||t.metaKey||t.altKey)&&!i)return;let a=(t.shiftKey?4:1)*Math.max(.5,s.width/24),h={
ArrowLeft:[-a,0],ArrowRight:[a,0],ArrowUp:[0,-a],ArrowDown:[0,a]}[t.key],l=i?"u":t.key.toLowerCase();!h&&![" ","enter","\
u","x"].includes(l)||(t.preventDefault(),t.stopPropagation(),h?(e.x=Math.max(0,Math.min(s.width,e.x+h[0])),e.y=Math.max(
0,Math.min(s.height,e.y+h[1])),e.down&&this.extend(e.x,e.y)):l===" "?(e.down=!e.down,e.down?this.begin(e.x,e.y):this.lift(),
this.lab.say(e.down?"Pen down.":"Pen up.")):l==="enter"?(this.begin(e.x,e.y),e.down||this.lift()):l==="u"?this.undo():(this.
erase(!this.erasing),this.lab.say(this.erasing?"Eraser.":"Brush.")),h&&!e.down&&this.lab.say(`${Math.round(e.x)} across,\
 ${Math.round(e.y)} down`),this.paint())}};function At(r,t){let e=Kt(t),s=new ImageData(t.width,t.height);for(let i=0,a=0;i<
s.data.length;i+=4,a+=3)s.data[i]=e[a],s.data[i+1]=e[a+1],s.data[i+2]=e[a+2],s.data[i+3]=255;r.width=t.width,r.height=t.
height,$(r).putImageData(s,0,0)}var As=.8,qe={playing:.25,still:.03},Ts=80,Tt=class{constructor(t){this.lab=t,this.world=null,this.state=null,this.given=
null,this.mode="image",this.saying=0,this.asker=new kt(t.client.page,a=>t.command("probe",a),M,(a,n)=>{setTimeout(a,1e3*
n)}),this.trails=new Map,this.keptShown=new E,this.keptPictures=new Map,this.ids={first:null,second:null},this.pad=new St(
t,a=>this.drawn(a)),this.answers=new wt(t),this.walk=new yt(t);let e=(a,n,h,l="ame-button")=>o("button",{type:"button",class:l,
"data-testid":n,onclick:h},a);this.modes={image:e("Draw or pick","probe-image",()=>this.setMode("image"),"ame-quiet"),text:e(
"Type","probe-text-mode",()=>this.setMode("text"),"ame-quiet")},this.text=o("input",{type:"text",maxlength:200,placeholder:"\
a sad cat","aria-label":"Text to put on the maps","data-testid":"probe-text",spellcheck:"false",oninput:()=>this.typed()}),
this.texts=o("select",{"aria-label":"Class text to put on the maps","data-testid":"probe-class-text",onchange:()=>this.typed()}),
this.list=o("datalist",{id:`${t.client.page}-captions`});let s=(a,n)=>{let h=o("input",{type:"text",list:this.list.id,placeholder:"\
caption or number","aria-label":n,"data-testid":`pick-${a}`,onchange:()=>this.choose(a,h.value)});return{field:h,el:o("l\
abel",{class:"ame-probe-pick"},o("span",{},n),h,o("button",{type:"button",class:"ame-quiet",title:"Take the image that i\
s selected on the map",onclick:()=>this.chooseSelected(a)},"Selected"),o("button",{type:"button",class:"ame-quiet",title:"\
Let go of it","aria-label":`No ${n.toLowerCase()}`,onclick:()=>this.letGo(a)},"×"))}};this.picks={first:s("first","Imag\
e"),second:s("second","Blend with")};let i=(a,n,h,l,c)=>o("label",{},o("span",{},n),o("input",{type:"range",min:h,max:l,
step:c,value:String(this.pad.changes[a]),"data-change":a,"data-testid":`change-${a}`,oninput:d=>this.change(a,Number(d.target.
value))}));this.share=i("share","Blend",0,1,.01),this.edits=o("div",{class:"ame-probe-edits"},i("rotate","Rotate",-180,180,
1),i("blur","Blur",0,4,.1),i("noise","Noise",0,1,.02)),this.note=o("p",{class:"ame-probe-note",role:"status","data-testi\
d":"probe-note"}),this.cannot=o("p",{class:"ame-muted","data-testid":"probe-cannot",hidden:!0}),this.imageBox=o("div",{class:"\
ame-probe-input"},this.pad.el,this.picks.first.el,this.picks.second.el,this.share,this.edits),this.textBox=o("div",{class:"\
ame-probe-input",hidden:!0},o("label",{class:"ame-field"},this.text,this.texts)),this.name=o("input",{type:"text",maxlength:40,
placeholder:"name","aria-label":"Name of the probe","data-testid":"probe-name"}),this.keeping=o("button",{type:"submit",
class:"ame-button","data-testid":"keep-probe"},"Keep"),this.kept=o("ul",{class:"ame-probe-kept","aria-label":"Kept probe\
s","data-testid":"kept-probes"}),this.ends=[0,1].map(a=>o("select",{"aria-label":a?"Walk to":"Walk from","data-testid":`\
walk-${a}`})),this.walking=e("Walk","walk-start",()=>this.startWalk()),this.stopping=e("×","walk-stop",()=>this.asker.tell(
{action:"walk",between:null}),"ame-quiet"),this.stopping.setAttribute("aria-label","End the walk"),this.walkBox=o("div",
{class:"ame-field ame-probe-walk"},this.ends[0],"→",this.ends[1],this.walking,this.stopping),this.empty=o("p",{class:"\
ame-muted"},"Draw, pick an image or type a text: it appears on every map, with the answers of the teacher and each stude\
nt."),this.el=o("section",{class:"ame-card ame-probe","aria-label":"Probe","data-testid":"probe"},o("header",{},o("h3",{},
"Probe"),o("div",{class:"ame-group",role:"group","aria-label":"Kind of probe"},this.modes.image,this.modes.text),o("span",
{class:"ame-push"}),e("Take off","probe-clear",()=>this.clear(),"ame-quiet")),this.cannot,this.list,o("div",{class:"ame-\
probe-body"},o("div",{},this.imageBox,this.textBox,o("form",{class:"ame-field",onsubmit:a=>this.keep(a)},this.name,this.
keeping)),o("div",{class:"ame-probe-said"},this.note,this.empty,this.answers.el),o("div",{class:"ame-probe-more"},this.kept,
this.walkBox,this.walk.el))),this.setMode("image")}retained(t,e){t==="probe_world"?this.meet(e):t==="probe"?this.answered(
e):t==="picked"&&e.by===this.lab.client.page&&this.picked(e)}meet(t){this.world=t,v(this.cannot,!!t.cannot),x(this.cannot,
t.cannot),v(this.pad.el,t.shape!==null),v(this.edits,t.shape!==null),x(this.modes.image,t.shape?"Draw or pick":"Pick"),v(
this.text,t.reads_text),v(this.texts,!t.reads_text),t.shape&&this.pad.world(t.shape,t.ground),this.given=null,this.ids={
first:null,second:null}}scene(t){this.list.replaceChildren(...[...t.ids].slice(0,2e3).map((e,s)=>o("option",{value:`${t.
captions[s]??t.class_names[t.labels[s]]} · ${e}`}))),this.texts.replaceChildren(o("option",{value:""},"choose a class t\
ext"),...t.class_names.map(e=>o("option",{value:e},e)))}answered(t){let e=this.asker.answered(t);e!==null&&(this.el.dataset.
taken=e.toFixed(4));let s=this.state?.n!==t.n;s&&this.trails.clear();for(let{name:i,point:a}of t.answers){let n=this.trails.
get(i)??[];n.push([a[0],a[1]]),this.trails.set(i,n.slice(-Ts))}this.state=t,(s||t.error)&&(window.clearTimeout(this.saying),
t.by===this.lab.client.page&&(this.saying=window.setTimeout(()=>this.say(),1e3*As))),this.show()}say(){this.state&&!this.
state.error&&!this.asker.busy&&this.lab.say([this.state.remark,this.answers.sentence(this.state)].filter(Boolean).join("\
 "))}show(){let{state:t}=this;if(!t)return;let e=t.error??t.remark;x(this.note,e),this.note.classList.toggle("ame-probe-\
wrong",t.error!==null),v(this.empty,!t.kind&&!t.error&&!t.kept.length),this.answers.draw(t),this.drawKept(t),this.walk.draw(
t,s=>this.answers.color(s)),v(this.stopping,t.walk!==null),this.paint(),Object.assign(this.el.dataset,{answered:t.n,steps:t.
answers.map(({step:s})=>s??"").join(" ")})}paint(){for(let t of this.lab.manifold.panes)this.paintOn(t)}paintOn(t){Oe(t,
this.state,e=>this.lookOf(e),this.trails.get(t.shown?.arm.name??"")??[])}lookOf(t){if(t)return{picture:this.keptPictures.
get(t)??null,kind:this.state?.kept.find(s=>s.name===t)?.kind??null,name:t};let e=this.state?.kind??null;return{picture:e===
"image"&&this.world?.shape?this.pad.seen:null,kind:e,name:e==="text"?this.given?.text??"your text":""}}drawKept({kept:t}){
let{scene:e}=this.lab,s=t.map(({name:i})=>i);if(this.keptShown.isNew(t.map(({name:i,kind:a,text:n,id:h,pixels:l})=>[i,a,
n,h,l&&l.join()]))){this.keptPictures.clear();for(let{name:i,pixels:a}of t){if(!a)continue;let n=o("canvas",{class:"ame-\
thumb-small","aria-hidden":"true"});At(n,Mt(a,a.shape[1],a.shape[0])),this.keptPictures.set(i,n)}this.kept.replaceChildren(
...t.map(i=>{let a=o("input",{type:"text",value:i.name,maxlength:40,"aria-label":`Name of ${i.name}`,onchange:()=>this.asker.
tell({action:"rename",name:i.name,to:a.value})});return o("li",{},o("button",{type:"button",class:"ame-probe-thumb",title:"\
Go on with it","aria-label":`Go on with ${i.name}`,onclick:()=>this.resume(i)},this.keptPictures.get(i.name)??"★"),a,o(
"span",{class:"ame-muted"}),o("button",{type:"button",class:"ame-quiet","aria-label":`Forget ${i.name}`,title:"Forget",onclick:()=>this.
asker.tell({action:"forget",name:i.name})},"×"))})),this.ends.forEach((i,a)=>{let n=i.value,h=["",...s];i.replaceChildren(
...h.map(l=>o("option",{value:l},l||"the probe now"))),i.value=h.includes(n)&&(n||a)?n:s[a?s.length-1:0]??"",a&&s.length<
2&&(i.value="")}),this.lab.again()}t.forEach(({marks:i},a)=>x(this.kept.children[a].children[2],i.map(({name:n,answer:h,
share:l})=>`${n}: ${e?.short[h]??h} ${Math.round(100*l)} %`).join(" · "))),v(this.walkBox,t.length>0)}get token(){return this.
state?.token?`+${this.state.token}`:""}setMode(t){this.mode=t;for(let[e,s]of Object.entries(this.modes))s.setAttribute("\
aria-pressed",String(e===t));v(this.imageBox,t==="image"),v(this.textBox,t==="text")}ask(t){this.given=t,this.asker.ask(
t)}drawn(t){this.pad.empty?this.clear(!1):this.ask(Re(t))}typed(){let t=this.world?.reads_text===!1?this.texts.value:this.
text.value;t.trim()?this.ask({kind:"text",text:t}):this.clear(!1)}choose(t,e){let{scene:s}=this.lab,i=e.trim();if(!i)return this.
letGo(t);let a=s?.captions.indexOf(i)??-1,n=i.match(/(?:^|· )(\d+)$/)?.[1]??(a>=0?String(s?.ids[a]):"");if(!n){x(this.note,
`No image is called “${i.slice(0,40)}”: choose one of the list, or type its number.`);return}this.pickId(t,Number(n))}chooseSelected(t){
let[e]=this.lab.frame.selection;if(e===void 0){x(this.note,"Select an image on a map first: click it.");return}let s=this.
lab.rowOf.get(e);this.picks[t].field.value=`${s===void 0?"":this.lab.scene?.captions[s]??""} · ${e}`,this.pickId(t,e)}pickId(t,e){
this.world?.shape?this.asker.tell({action:"pick",id:e,role:t}):(this.ids[t]=e,this.askRow())}letGo(t){this.picks[t].field.
value="",this.ids[t]=null,this.lab.again(),this.world?.shape?this.pad.take(t,null):this.askRow()}askRow(){this.lab.again();
let{first:t,second:e}=this.ids;if(t===null)return this.clear(!1);this.ask({kind:"row",id:t,other:e,share:e===null?0:this.
pad.changes.share})}picked({role:t,pixels:e}){this.setMode("image"),this.pad.take(t,Mt(e,e.shape[1],e.shape[0])),this.lab.
again()}change(t,e){this.pad.changes={...this.pad.changes,[t]:e},this.world?.shape?this.pad.renew():this.askRow()}keep(t){
if(t.preventDefault(),!this.given){x(this.note,"Draw something, pick an image or type a text first.");return}this.asker.
tell({action:"keep",probe:this.given,name:this.name.value}),this.name.value=""}resume({kind:t,text:e,id:s,pixels:i}){this.
setMode(t==="text"?"text":"image"),t==="text"?(this.text.value=this.texts.value=e,this.typed()):i?this.pad.load(Mt(i,i.shape[1],
i.shape[0])):this.pickId("first",s)}startWalk(){this.asker.tell({action:"walk",between:this.ends.map(t=>t.value)})}clear(t=!0){
if(this.given=null,this.asker.drop(),this.asker.tell({action:"clear"}),!!t){this.text.value=this.texts.value="";for(let{
field:e}of Object.values(this.picks))e.value="";this.ids={first:null,second:null},this.world?.shape&&!this.pad.empty&&this.
pad.clear()}}draw(t){let e=this.lab.locked("probe")||t.state==="closed"||!this.world;this.el.inert!==e&&(this.el.inert=e),
this.el.classList.toggle("ame-probe-off",e),this.asker.gap=t.state==="playing"&&t.speed===null?qe.playing:qe.still;let s=this.
pad.picked.second!==null||this.ids.second!==null;v(this.share,s),this.state?.walk&&this.walk.draw(this.state,i=>this.answers.
color(i));for(let i of this.el.querySelectorAll("input[data-change]")){let a=String(this.pad.changes[i.dataset.change]);
document.activeElement!==i&&i.value!==a&&(i.value=a)}}};var $s="Start a new branch from this step (F)",Es=.6,We=({step:r,text:t})=>`${t} from step ${r} on`,$t=class{constructor(t){
this.lab=t,this.shown=0,this.touched=-1/0,this.step=0,this.send=V(e=>t.command("scrub",{step:e}),80),this.range=o("input",
{type:"range",min:0,max:1,step:1,"data-testid":"scrubber","aria-label":"Recorded steps",class:"ame-scrub",oninput:()=>this.
moved()}),this.live=o("button",{type:"button",class:"ame-button","data-testid":"live-head",onclick:()=>t.command("scrub",
{step:null}),title:"Back to the newest step (L)"},"Back to live"),this.fork=o("button",{type:"button",class:"ame-button",
"data-testid":"fork","aria-expanded":"false",onclick:()=>this.toggle(),title:$s},"Fork from here…"),this.bars=o("div",
{class:"ame-branches",role:"list","aria-label":"Branches","data-testid":"branches"}),this.marks=[],this.arm=o("select",{
"aria-label":"Branch off","data-testid":"fork-arm",onchange:()=>this.editor()}),this.from=o("span",{"data-testid":"fork-\
step"}),this.field=o("select",{"aria-label":"Dial to change","data-testid":"fork-field",onchange:()=>this.editor()}),this.
input=null,this.value=o("span",{}),this.again=o("p",{class:"ame-muted ame-repeats",role:"status"}),this.form=o("form",{class:"\
ame-fork",hidden:!0,"data-testid":"fork-form",onsubmit:e=>this.submit(e),onkeydown:e=>e.key==="Escape"&&this.toggle(!1)},
o("label",{},"Branch off ",this.arm),this.from,o("label",{},"and set ",this.field),this.value,o("button",{type:"submit",
class:"ame-button ame-primary","data-testid":"fork-go"},"Fork and run on"),o("button",{type:"button",class:"ame-button",
onclick:()=>this.toggle(!1)},"Cancel"),this.again),this.note=o("p",{class:"ame-scrub-note",hidden:!0}),this.el=o("div",{
class:"ame-timeline",role:"group","aria-label":"Time"},o("div",{class:"ame-scrub-row"},o("div",{class:"ame-track"},this.
range,this.bars),this.live,this.fork),this.note,this.form)}toggle(t=this.form.hidden){if(this.form.hidden=!t,this.fork.setAttribute(
"aria-expanded",String(t)),!t)return this.fork.focus();let{frame:e}=this.lab;this.step=z(e),x(this.from,`at step ${this.
step}`),this.arm.replaceChildren(...e.arms.map(a=>o("option",{value:a.name,title:a.label},a.name)));let s=e.dials.filter(
a=>a.steerable&&!a.locked);this.field.replaceChildren(o("option",{value:""},"nothing"),...s.map(a=>o("option",{value:a.field},
a.label))),s.length&&(this.field.value=(s.find(({field:a})=>a==="omega")??s[0]).field);let i=e.arms.at(-1);i&&(this.arm.
value=i.name),this.editor(),this.field.focus()}editor(){let{frame:t}=this.lab,e=t.dials.find(({field:h})=>h===this.field.
value),s=t.arms.find(({name:h})=>h===this.arm.value),i=(s?.turns??[]).filter(({step:h,field:l})=>h>this.step&&l!==this.field.
value);if(x(this.again,s&&i.length?`The fork repeats the later changes of ${s.name}: ${i.map(We).join("; ")}.`:""),this.
input=null,!e)return this.value.replaceChildren();let a=e.values[this.arm.value]??e.value,n={"aria-label":`New value of ${e.
label}`,"data-testid":"fork-value"};if(e.kind==="number"){let h=e.step??(e.whole?1:"any");this.input=o("input",{...n,type:"\
number",step:h,min:e.low,max:e.high,value:a??"",required:!0})}else{let h=e.kind==="switch"?[!0,!1]:e.choices;this.input=
o("select",n,h.map(l=>o("option",{value:JSON.stringify(l)},J(l)))),this.input.value=JSON.stringify(e.kind==="switch"?!a:
a)}this.value.replaceChildren("to ",this.input)}submit(t){t.preventDefault();let{input:e}=this,s=e?e.type==="number"?Number(
e.value):JSON.parse(e.value):null;this.lab.command("fork",{step:this.step,field:this.field.value||null,value:s,arm:this.
arm.value,play:!0}),this.toggle(!1)}moved(){let t=de(this.lab.frame.recorded_steps,this.shown,Number(this.range.value));
this.range.value=String(t),this.shown=t,this.touched=M(),this.send(t)}draw(t){let e=Math.max(1,t.steps),s=t.recorded_steps.
length>0;this.range.max!==String(e)&&(this.range.max=String(e)),M()-this.touched>=Es&&(this.shown=z(t),this.range.value!==
String(this.shown)&&(this.range.value=String(this.shown))),this.range.setAttribute("aria-valuetext",`step ${this.shown} \
of ${e}`),this.range.disabled=this.lab.locked("scrub")||!s;let i=Y(t);this.live.disabled=!i,this.fork.disabled=this.lab.
locked("fork")||!s||t.state==="preparing"||t.state==="closed",v(this.note,i),i&&x(this.note,`Looking back at step ${t.scrubbed}\
; the newest is ${t.recorded_steps.at(-1)??t.step}. Dials and curves are as they were then: fork from here to change one\
, or go back to live.`),(!i||t.arms.length!==this.bars.children.length)&&this.branches(t,e)}branches({arms:t},e){for(;this.
bars.children.length>t.length;)this.bars.lastChild?.remove();for(;this.bars.children.length<t.length;)this.bars.append(o(
"div",{role:"listitem",class:"ame-branch"},o("span",{class:"ame-branch-rail"},o("i",{}),o("span",{})),o("span",{class:"a\
me-branch-name"})));t.forEach((s,i)=>{let a=this.bars.children[i],[n,h]=a.children,[l,c]=n.children,d=s.fork_step??0;l.style.
left=`${100*d/e}%`,l.style.width=`${100*Math.max(0,s.step-d)/e}%`,l.style.background=O(i),x(h,s.name),this.marks[i]??=new E,
this.marks[i].isNew([s.turns,e])&&c.replaceChildren(...s.turns.map(p=>o("b",{style:`left: ${100*p.step/e}%`,title:We(p)}))),
a.title=`${s.label}: step ${s.step}${s.finished?", finished":""}`})}};var ze={play:"M4 2.5v11l9-5.5z",pause:"M4 2.5h3v11H4zM9.5 2.5h3v11h-3z",step:"M3 2.5v11l7-5.5zM11 2.5h2.2v11H11z",epoch:"\
M2 2.5v11l5.5-5.5zM7.5 2.5v11L13 8zM13 2.5h1.5v11H13z",reset:"M8 2.2a5.8 5.8 0 1 0 5.6 4.3h-2A3.9 3.9 0 1 1 8 4.1c1 0 2 \
.4 2.7 1.1L8.6 7.3H14V1.9l-1.9 1.9A5.8 5.8 0 0 0 8 2.2z"},Is=[["","full speed"],[50,"50 steps/s"],[20,"20 steps/s"],[5,"\
5 steps/s"],[1,"1 step/s"]],Cs={paused:"Paused",playing:"Training",finished:"Finished",failed:"Failed",closed:"Closed",preparing:"\
Preparing",waiting:"Connecting"},Et=class{constructor(t){this.lab=t;let e=(s,i,a,n,h)=>o("button",{type:"button",class:"\
ame-button","data-testid":i,title:n,onclick:h},o("svg",{viewBox:"0 0 16 16",width:14,height:14,"aria-hidden":"true",fill:"\
currentColor"},o("path",{d:ze[s]})),o("span",{},a));this.play=e("play","play","Play","Play or pause (K)",()=>t.toggle()),
this.play.classList.add("ame-primary"),this.step=e("step","step-one","Step","One minibatch (S)",()=>t.command("step")),this.
epoch=e("epoch","epoch","Epoch","One pass over the shots (E)",()=>t.command("epoch")),this.reset=e("reset","reset","Rese\
t","Back to step 0 of the original or restored recipe: steering is undone and forks are dropped (R)",()=>t.anew(()=>t.command(
"reset"))),this.speed=o("select",{"data-testid":"speed","aria-label":"Speed",title:"Speed",onchange:()=>t.command("speed",
{value:this.speed.value===""?null:Number(this.speed.value)})},Is.map(([s,i])=>o("option",{value:s},i))),this.state=o("sp\
an",{class:"ame-state","data-testid":"state"}),this.count=o("span",{class:"ame-count","data-testid":"step"}),this.where=
o("span",{class:"ame-muted"}),this.el=o("div",{class:"ame-transport",role:"group","aria-label":"Training"},this.play,this.
step,this.epoch,this.reset,this.speed,this.state,this.count,this.where)}draw(t){let{state:e}=t,s=e==="playing",i=s?"Paus\
e":e==="finished"?"Play again":"Play";this.play.dataset.name!==i&&(this.play.dataset.name=i,this.play.querySelector("pat\
h")?.setAttribute("d",ze[s?"pause":"play"]),x(this.play.lastChild,i),this.play.setAttribute("aria-label",`${i} training`));
let a=e==="preparing"||e==="closed"||e==="waiting",n=t.prediction?.waiting??!1,h=(m,u,g=!0)=>m.disabled=a||this.lab.locked(
u)||!g;h(this.play,"play",s||!(n||e==="failed")),h(this.step,"step",!(n||e==="finished"||e==="failed")),h(this.epoch,"ep\
och",!(n||e==="finished"||e==="failed"));let l=t.steps_per_epoch,c=l===1?"here one minibatch holds all the shots, so it \
is one step":l?`${l} minibatches`:"";this.epoch.title=`One pass over the shots (E)${c&&`: ${c}`}`,h(this.reset,"reset"),
h(this.speed,"speed"),this.play.title=n?"Commit your prediction first":"Play or pause (K)";let d=String(t.speed??"");document.
activeElement!==this.speed&&this.speed.value!==d&&([...this.speed.options].some(m=>m.value===d)||this.speed.append(o("op\
tion",{value:d},`${d} steps/s`)),this.speed.value=d);let p=Y(t);this.state.dataset.state=p?"back":e,x(this.state,p?"Look\
ing back":Cs[e]),x(this.count,`step ${z(t)} of ${t.steps||"–"}`),x(this.where,e==="preparing"?t.progress?.text??"":l&&
l!==1?`epoch ${P(t.epoch)}`:"")}};var Ps=[["K","play or pause"],["S","one minibatch"],["E","one epoch"],["R","reset"],["[ and ]","earlier and later record\
ed step"],["L","back to live"],["F","fork from here"],["D","to the dials"],["M","to the manifold"],["?","this list"]],It=class{constructor(t){
this.client=t,this.scene=null,this.scenes=0,this.pictures=null,this.frame=ue,this.rowOf=new Map,this.heard=new Set,this.
newest="",this.ink=this.readInk(),this.cursor=null,this.unfocused=null,this.due=this.cursorDue=0,this.finishedAt=-1/0,this.
quiet=0,this.lateBy=0,this.gone=!1,this.act=()=>{},this.transport=new Et(this),this.timeline=new $t(this),this.manifold=
new dt(this),this.charts=new at(this),this.dials=new nt(this),this.probe=new Tt(this);let[e,s,i]=[new ot(this),new ut,new mt],
[a,n,h]=[new ft(this),new gt(this),new bt(this)];this.panels={transport:this.transport,timeline:this.timeline,manifold:this.
manifold,charts:this.charts,dials:this.dials,breaks:e,diagnosis:s,delta:i,predict:a,selection:n,recipe:h,probe:this.probe},
this.live=o("div",{class:"ame-hidden",role:"log","aria-live":"polite","data-testid":"said"}),this.error=o("div",{class:"\
ame-error",role:"alert","data-testid":"error",hidden:!0}),this.note=o("div",{class:"ame-note",role:"status","data-testid":"\
note",hidden:!0}),this.progress=o("progress",{max:1,value:0,"aria-label":"Preparation",hidden:!0}),this.caption=o("p",{class:"\
ame-caption","data-testid":"caption"}),this.help=o("dialog",{class:"ame-keys","aria-label":"Keyboard"},o("h3",{},"Keyboa\
rd, while the focus is in the lab"),o("dl",{},Ps.map(([l,c])=>[o("dt",{},o("kbd",{},l)),o("dd",{},c)])),o("p",{},"In a m\
anifold: arrows move, + and − zoom, 0 shows everything, N and B go from image to image, Enter selects, Esc clears, I sho\
ws images or dots."),o("button",{type:"button",class:"ame-button",onclick:()=>this.help.close()},"Close")),this.losing=o(
"p",{}),this.sure=o("dialog",{class:"ame-keys","aria-label":"Start over?","data-testid":"sure"},o("h3",{},"Start over?"),
this.losing,o("div",{class:"ame-choices"},o("button",{type:"button",class:"ame-button ame-primary","data-testid":"keep",
autofocus:!0,onclick:()=>this.sure.close()},"Keep them"),o("button",{type:"button",class:"ame-button","data-testid":"dro\
p",onclick:()=>this.dropped()},"Start over"))),this.el=o("div",{class:"ame-lab","data-testid":"lab",role:"region","aria-\
label":"Live lab",tabindex:"-1",onkeydown:l=>this.key(l),"oname-size":()=>this.again()},o("div",{class:"ame-bar"},this.transport.
el,o("button",{type:"button",class:"ame-quiet ame-keys-button",title:"Keyboard shortcuts (?)",onclick:()=>this.help.showModal()},
"Keys"),this.progress,this.timeline.el),this.error,this.note,o("div",{class:"ame-grid"},o("div",{class:"ame-column ame-l\
eft"},a.el,this.dials.el,e.el),o("div",{class:"ame-column ame-middle"},this.manifold.el,this.caption,this.probe.el,this.
charts.el),o("div",{class:"ame-column ame-right-side"},s.el,i.el,n.el,h.el)),this.help,this.sure,this.live),this.themes=
new MutationObserver(()=>requestAnimationFrame(()=>this.theme())),this.themes.observe(document.body,{attributes:!0,attributeFilter:[
"data-jp-theme-light","data-jp-theme-name","class"]}),requestAnimationFrame(()=>this.theme()),this.sizes=new ResizeObserver(
()=>this.again()),this.sizes.observe(this.el),this.onImages=()=>this.again(),t.model.on("change:images",this.onImages),this.
draw(this.frame)}close(){this.themes.disconnect(),this.sizes.disconnect(),this.client.model.off("change:images",this.onImages)}retained(t,e){
if(this.probe.retained(t,e),t!=="scene")return;let s=e;this.scene=s,this.scenes+=1,this.pictures=null,s.thumbnails&&this.
decode(s,s.thumbnails),this.rowOf=new Map([...s.ids].map((i,a)=>[i,a])),this.manifold.scene(s),this.probe.scene(s),this.
again()}async decode(t,e){try{let s=await rt.load(e);if(this.scene!==t)return;this.pictures=s,this.scenes+=1,this.manifold.
forget(),this.again()}catch(s){console.error("ame_explore: the images could not be decoded",s)}}draw(t){Jt(()=>this.write(
t)),this.keepFocus()}write(t){let{state:e}=t;e==="finished"&&this.frame.state==="playing"&&(this.finishedAt=M()),this.frame=
t;let s=t.show&&new Set(t.show);for(let[n,h]of Object.entries(this.panels)){let l=s!==null&&!s.has(n);h.el.classList.toggle(
"ame-off",l),l||h.draw(t)}v(this.error,!!t.error),t.error&&x(this.error,t.error);let{done:i,of:a}=t.progress??{done:0,of:0};
v(this.progress,e==="preparing"),a>0?this.progress.value=i/a:this.progress.removeAttribute("value"),this.tell(),this.hear(
t.said),x(this.caption,t.caption??this.newest),Object.assign(this.el.dataset,{state:e,step:z(t),frame:t.n,ageMs:Math.round(
1e3*this.client.drawnAge),drawMs:this.client.drawMs.toFixed(1)})}keepFocus(){let t=document.activeElement;t instanceof HTMLElement&&
t!==this.el&&this.el.contains(t)&&t.matches(":disabled")?(this.unfocused=t,this.el.focus({preventScroll:!0})):this.unfocused&&
t!==this.el?this.unfocused=null:this.unfocused&&!this.unfocused.matches(":disabled")&&(this.unfocused.focus({preventScroll:!0}),
this.unfocused=null)}again(){this.due||(this.due=requestAnimationFrame(()=>{this.due=0,this.el.isConnected&&this.draw(this.
frame)}))}late(t){this.el.dataset.late=t?t.toFixed(2):"",this.lateBy=t,this.tell()}silent(t,e){this.quiet=t,this.gone=e,
this.tell()}tell(){let t=this.gone?"Python has stopped: the kernel was restarted or shut down. Run the cell again for a \
new lab; this page still shows the last state.":this.quiet&&this.frame.state!=="closed"?`No answer from Python for ${Math.
round(this.quiet)} s: it may be busy with a cell.`:this.lateBy?`The connection is slow: this picture is ${this.lateBy.toFixed(
1)} s old.`:this.frame.note??"";v(this.note,!!t),x(this.note,t)}hear(t){let e=t.filter(({id:i})=>!this.heard.has(i)),s=this.
heard.size===0;for(let{id:i}of e)this.heard.add(i);if(e.length){this.newest=e[e.length-1].text;for(let{text:i}of s?e.slice(
-1):e.slice(-3))this.say(i)}}say(t){for(this.live.append(o("p",{},t));this.live.childElementCount>20;)this.live.firstChild?.
remove()}command(t,...e){this.locked(t)||this.client.send({type:"command",name:t,args:e[0]??{}})}locked(t){return this.frame.
locked.includes(t)}anew(t,e=this.frame.to_lose){if(!e)return t();this.act=t,x(this.losing,`${e} would be lost. To keep a\
 run, copy its recipe token first.`),this.sure.showModal()}dropped(){this.sure.close(),this.act()}toggle(){if(!this.transport.
play.disabled){if(this.frame.state!=="finished")return this.command(this.frame.state==="playing"?"pause":"play");M()-this.
finishedAt<.6||this.anew(()=>{this.command("reset"),this.command("play")})}}scrubTo(t){this.timeline.range.disabled||this.
command("scrub",{step:Ft(this.frame.recorded_steps,t)})}chartCursor(t){t!==this.cursor&&(this.cursor=t,!this.cursorDue&&
(this.cursorDue=requestAnimationFrame(()=>{this.cursorDue=0,this.charts.draw(this.frame,this.cursor)})))}key(t){let e=t.
target;if(t.key==="Enter"&&(t.ctrlKey||t.metaKey||t.shiftKey))return this.enter(t,e);if(t.ctrlKey||t.metaKey||t.altKey||
t.key==="Tab")return;if(this.help.open||this.sure.open)return t.stopPropagation();(!t.shiftKey||t.key.length===1)&&t.stopPropagation();
let{tagName:s}=e;if(s==="INPUT"&&e.type!=="range"&&e.type!=="radio"||s==="SELECT"||s==="TEXTAREA")return;let a=l=>!l.disabled&&
l.click(),h={k:()=>this.toggle(),s:()=>a(this.transport.step),e:()=>a(this.transport.epoch),r:()=>a(this.transport.reset),
"[":()=>this.move(-1),"]":()=>this.move(1),l:()=>a(this.timeline.live),f:()=>a(this.timeline.fork),d:()=>this.dials.el.querySelector(
"input, select, button")?.focus(),m:()=>this.manifold.panes[0]?.over.focus(),"?":()=>this.help.showModal()}[t.key.toLowerCase()];
h&&(t.preventDefault(),h())}enter(t,e){t.stopPropagation(),e.type==="number"&&(t.preventDefault(),e.blur(),e.focus())}move(t){
let{recorded_steps:e}=this.frame;if(!e.length||this.timeline.range.disabled)return;let s=Math.max(0,Math.min(e.length-1,
H(e,z(this.frame))+t));this.command("scrub",{step:e[s]})}thumbnail(t,e){return!this.pictures||e>=this.pictures.count?!1:
(this.pictures.fill(t,e),!0)}readInk(){let t=this.el?getComputedStyle(this.el):null,e=(h,l)=>t?.getPropertyValue(h).trim()||
l,s=e("--ame-card","#ffffff"),[i,a,n]=oe(s);return{dark:K(),text:e("--ame-text","#1a1a1a"),muted:e("--ame-muted","#5a5a5\
a"),grid:e("--ame-line","#e4e4e4"),card:s,soft:e("--ame-soft","#f4f5f7"),accent:e("--ame-accent","#0072B2"),wash:e("--am\
e-wash","rgba(0,114,178,.12)"),font:t?.fontFamily||"sans-serif",paper32:(4278190080|n<<16|a<<8|i)>>>0}}theme(){this.el.dataset.
theme=K()?"dark":"light",this.ink=this.readInk(),this.manifold.theme(),this.again()}};var an=Gt((r,t)=>{re(r.model.get("quantities"));let e=new It(r);return t.append(e.el),e});export{an as default};
